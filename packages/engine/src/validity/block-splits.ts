import type { BlockStatistics } from './block-statistics.ts'

/** A Sharpe ratio of one day per trial, of one half of the blocks and of the other. */
export type VisitSplit = (one: Float64Array, other: Float64Array) => void

// Below this a spread is what rounding leaves of a constant series.
const SMALLEST_VARIANCE = 1e-24

/** mean / sample deviation; 0 for returns that do not vary, such as those of an account without trades. */
const sharpeOf = (count: number, sum: number, sumOfSquares: number): number => {
  const mean = sum / count
  const variance = (sumOfSquares - mean * sum) / (count - 1)
  return variance > SMALLEST_VARIANCE ? mean / Math.sqrt(variance) : 0
}

interface Columns {
  /** Days of a block. */
  readonly count: number
  /** By trial. */
  readonly sums: Float64Array
  readonly squares: Float64Array
}

const columnsOf = (trials: readonly (readonly BlockStatistics[])[], block: number): Columns => ({
  count: trials[0]![block]!.count,
  sums: Float64Array.from(trials, (trial) => trial[block]!.sum),
  squares: Float64Array.from(trials, (trial) => trial[block]!.sumOfSquares),
})

const emptyColumns = (trials: number): Columns => ({
  count: 0,
  sums: new Float64Array(trials),
  squares: new Float64Array(trials),
})

/** Writes a + b into `into`, which keeps its arrays. */
const added = (a: Columns, b: Columns, into: Columns): Columns => {
  for (let i = 0; i < into.sums.length; i++) {
    into.sums[i] = a.sums[i]! + b.sums[i]!
    into.squares[i] = a.squares[i]! + b.squares[i]!
  }
  return { ...into, count: a.count + b.count }
}

/**
 * Visits every way to part the blocks into two halves, once (the other way round is the same pair): S!/(2 (S/2)!^2).
 * Sums grow along a tree of choices, so that a pair costs a few additions per trial instead of S.
 */
export const visitSplits = (trials: readonly (readonly BlockStatistics[])[], visit: VisitSplit): void => {
  const blocks = trials[0]?.length ?? 0
  const columns = Array.from({ length: blocks }, (_, block) => columnsOf(trials, block))
  const whole = columns.reduce(
    (total, block) => added(total, block, emptyColumns(trials.length)),
    emptyColumns(trials.length),
  )
  const levels = Array.from({ length: blocks / 2 + 1 }, () => emptyColumns(trials.length))
  const one = new Float64Array(trials.length)
  const other = new Float64Array(trials.length)
  const finish = ({ count, sums, squares }: Columns): void => {
    const rest = whole.count - count
    for (let i = 0; i < one.length; i++) {
      const [sum, square] = [sums[i]!, squares[i]!]
      one[i] = sharpeOf(count, sum, square)
      other[i] = sharpeOf(rest, whole.sums[i]! - sum, whole.squares[i]! - square)
    }
    visit(one, other)
  }
  const choose = (chosen: Columns, picked: number, next: number): void => {
    if (picked === blocks / 2) {
      finish(chosen)
      return
    }
    const last = blocks - (blocks / 2 - picked)
    for (let block = next; block <= last; block++) {
      choose(added(chosen, columns[block]!, levels[picked + 1]!), picked + 1, block + 1)
    }
  }
  // The first block stays in one half, or every pair would come twice.
  choose(added(levels[0]!, columns[0]!, levels[1]!), 1, 1)
}
