import type { OpenPosition, Trade } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import { bucketStarts } from '../page/downsample.ts'

/** Mean value of what was held at the closes of each step, as a fraction of equity; both sides >= 0. */
export interface ExposureSteps {
  /** First row of each step. */
  readonly from: readonly number[]
  readonly long: readonly number[]
  readonly short: readonly number[]
}

interface Holding {
  readonly isLong: boolean
  readonly quantity: number
  /** Rows at whose close it is held. */
  readonly from: number
  readonly to: number
}

/** One holding from fill to fill; a trade without a list of fills has two. */
const holdingsOfTrade = (trade: Trade): readonly Holding[] => {
  const isLong = trade.side === 'long'
  const { quantity: whole, entryIndex, exitIndex, fills } = trade
  if (fills === undefined) return [{ isLong, quantity: whole, from: entryIndex, to: exitIndex }]
  let held = 0
  return fills.map(({ leg, quantity, index }, k) => {
    held += leg === 'entry' ? quantity : -quantity
    return { isLong, quantity: held, from: index, to: fills[k + 1]?.index ?? index }
  })
}

/** What is held over rows of one length: prices, equity, trades and what is open at the end. */
export interface ExposureInput {
  readonly candles: Pick<Candles, 'close'>
  readonly equity: Float64Array
  readonly result: { readonly bars: number; readonly trades: readonly Trade[] }
  readonly detail: { readonly openPosition: OpenPosition | null }
}

const holdingsOf = ({ result, detail }: ExposureInput): readonly Holding[] => {
  const open = detail.openPosition
  const closed = result.trades.flatMap(holdingsOfTrade)
  if (open === null) return closed
  const { side, quantity, entryIndex } = open
  return [...closed, { isLong: side === 'long', quantity, from: entryIndex, to: result.bars }]
}

export const exposureSteps = (data: ExposureInput, steps: number): ExposureSteps => {
  const { candles, equity, result } = data
  const from = bucketStarts(result.bars, steps)
  const sums = { long: from.map(() => 0), short: from.map(() => 0) }
  for (const { isLong, quantity, from: first, to } of holdingsOf(data)) {
    const side = isLong ? sums.long : sums.short
    // Rounding may put a row one step further; the loop below goes forward only.
    let step = Math.max(0, Math.floor((first * from.length) / Math.max(1, result.bars)) - 1)
    for (let row = first; row < to; row++) {
      while ((from[step + 1] ?? Infinity) <= row) step++
      const worth = equity[row] as number
      if (worth > 0) side[step] = (side[step] as number) + (quantity * (candles.close[row] as number)) / worth
    }
  }
  const mean = (sum: number, step: number): number =>
    sum / ((from[step + 1] ?? result.bars) - (from[step] as number))
  return { from, long: sums.long.map(mean), short: sums.short.map(mean) }
}
