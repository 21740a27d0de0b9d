import { type DailyCurve, dailyReturns, dayOf } from '../metrics/index.ts'

/** Daily returns of one block, as much as a Sharpe ratio of any set of blocks needs. */
export interface BlockStatistics {
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
}

const MOST_BLOCKS = 16
const FEWEST_BLOCKS = 4
const FEWEST_DAYS_A_BLOCK = 5

/**
 * S, the number of blocks for so many days: 16 (what the authors of CSCV use), less where a block would have fewer than
 * 5 days, always even; null below 20 days, where not even 4 blocks have them.
 */
export const blockCountFor = (days: number): number | null => {
  const fitting = Math.floor(days / FEWEST_DAYS_A_BLOCK)
  const even = Math.min(MOST_BLOCKS, fitting - (fitting % 2))
  return even < FEWEST_BLOCKS ? null : even
}

export interface BlockGrid {
  /** Days of the whole period, the same for all trials. */
  readonly days: number
  /** S, even. */
  readonly blocks: number
  /** Day of the period that the first return is of; days without a return are days of 0 (no position). */
  readonly firstDay?: number
}

/**
 * Splits daily returns into S blocks of neighbouring days, block k from day floor(k days / S) on. All trials of one
 * sweep must use the same grid, whatever their warm-up, so that their blocks are the same days.
 */
export const blockStatistics = (returns: Float64Array, grid: BlockGrid): readonly BlockStatistics[] => {
  const { days, blocks, firstDay = 0 } = grid
  const startOf = (block: number): number => Math.floor((block * days) / blocks)
  return Array.from({ length: blocks }, (_, block) => {
    const [from, to] = [startOf(block), startOf(block + 1)]
    let sum = 0
    let sumOfSquares = 0
    const last = Math.min(to, firstDay + returns.length)
    for (let day = Math.max(from, firstDay); day < last; day++) {
      const value = returns[day - firstDay] as number
      sum += value
      sumOfSquares += value * value
    }
    return { count: to - from, sum, sumOfSquares }
  })
}

/**
 * The blocks of one run over the bars at `time` (epoch ms, ascending), warm-up included, so that all runs over the same
 * bars have the same blocks. Null where the bars span fewer than 20 UTC days.
 */
export const curveBlocks = (
  { firstDay, daily }: DailyCurve,
  time: Float64Array,
): readonly BlockStatistics[] | null => {
  const [first, last] = [time[0], time.at(-1)]
  if (first === undefined || last === undefined) return null
  const days = dayOf(last) - dayOf(first) + 1
  const blocks = blockCountFor(days)
  if (blocks === null) return null
  return blockStatistics(dailyReturns(daily), { days, blocks, firstDay: firstDay - dayOf(first) })
}
