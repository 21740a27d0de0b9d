import type { BlockStatistics } from './block-statistics.ts'

/** A Sharpe ratio of one day per trial, of one half of the blocks and of the other. */
export type VisitSplit = (one: Float64Array, other: Float64Array) => void

// Below this a spread is what rounding leaves of a constant series.
const SMALLEST_VARIANCE = 1e-24

/** mean / sample deviation; 0 for returns that do not vary, such as those of an account without trades. */
export const sharpeOf = (count: number, sum: number, sumOfSquares: number): number => {
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

/** One side of a split under way. */
interface Half {
  /** Blocks in it. */
  readonly size: number
  readonly columns: Columns
}

const writeSharpes = ({ count, sums, squares }: Columns, into: Float64Array): void => {
  for (let i = 0; i < into.length; i++) into[i] = sharpeOf(count, sums[i]!, squares[i]!)
}

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
 * Sums grow along a tree of choices, so that a pair costs a few additions per trial instead of S. Both sides are added
 * up, since a difference would leave rounding where a trial stood still.
 */
export const visitSplits = (trials: readonly (readonly BlockStatistics[])[], visit: VisitSplit): void => {
  const blocks = trials[0]?.length ?? 0
  const columns = Array.from({ length: blocks }, (_, block) => columnsOf(trials, block))
  const buffers = () => Array.from({ length: blocks }, () => emptyColumns(trials.length))
  const [leftSums, rightSums] = [buffers(), buffers()]
  const one = new Float64Array(trials.length)
  const other = new Float64Array(trials.length)
  const place = (block: number, left: Half, right: Half): void => {
    if (block === blocks) {
      writeSharpes(left.columns, one)
      writeSharpes(right.columns, other)
      visit(one, other)
      return
    }
    const grown = (half: Half, sums: readonly Columns[]): Half => ({
      size: half.size + 1,
      columns: added(half.columns, columns[block]!, sums[block]!),
    })
    if (left.size < blocks / 2) place(block + 1, grown(left, leftSums), right)
    if (right.size < blocks / 2) place(block + 1, left, grown(right, rightSums))
  }
  // The first block stays on the left, or every pair would come twice.
  if (blocks > 0) {
    place(1, { size: 1, columns: columns[0]! }, { size: 0, columns: emptyColumns(trials.length) })
  }
}
