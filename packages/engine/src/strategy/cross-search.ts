import { BLOCK_SHIFT, blocksOf, type ColumnBlocks } from './column-blocks.ts'

export interface CursorOptions {
  /** End of the bars that may signal. */
  readonly to: number
  /** Many programs are to run on these columns, so that an index of them pays. */
  readonly isReused: boolean
}

/** Two columns, and their blocks where those are worth having. */
interface Pair {
  readonly a: Float64Array
  readonly b: Float64Array
  readonly blocks: { readonly a: ColumnBlocks; readonly b: ColumnBlocks } | null
}

/** Bits that are zero in the index of a block's first bar. */
const INSIDE_BLOCK = (1 << BLOCK_SHIFT) - 1

/** First bar of [from, to) at which `a` is above `b`, or `to`. */
const firstAbove = ({ a, b, blocks }: Pair, from: number, to: number): number => {
  let bar = from
  if (blocks === null) {
    // Four bars to a step: the loop itself costs as much as a comparison.
    while (
      bar + 4 <= to &&
      !(
        a[bar]! > b[bar]! ||
        a[bar + 1]! > b[bar + 1]! ||
        a[bar + 2]! > b[bar + 2]! ||
        a[bar + 3]! > b[bar + 3]!
      )
    ) {
      bar += 4
    }
    while (bar < to && !(a[bar]! > b[bar]!)) bar++
    return bar
  }
  const { high } = blocks.a
  const { low } = blocks.b
  for (; bar < to; bar++) {
    if ((bar & INSIDE_BLOCK) === 0) {
      let block = bar >> BLOCK_SHIFT
      while (block < high.length && high[block]! <= low[block]!) block++
      bar = block << BLOCK_SHIFT
      if (bar >= to) return to
    }
    if (a[bar]! > b[bar]!) return bar
  }
  return to
}

/** First bar of [from, to) at which `a` is not above `b`, or `to`. */
const firstNotAbove = ({ a, b, blocks }: Pair, from: number, to: number): number => {
  let bar = from
  if (blocks === null) {
    while (bar < to && a[bar]! > b[bar]!) bar++
    return bar
  }
  const { low } = blocks.a
  const { high } = blocks.b
  for (; bar < to; bar++) {
    if ((bar & INSIDE_BLOCK) === 0) {
      let block = bar >> BLOCK_SHIFT
      while (block < high.length && low[block]! > high[block]!) block++
      bar = block << BLOCK_SHIFT
      if (bar >= to) return to
    }
    if (!(a[bar]! > b[bar]!)) return bar
  }
  return to
}

/** First bar of [from, to) at which `a` crosses above `b`, or `to`. */
const firstCross = (pair: Pair, from: number, to: number): number => {
  const { a, b } = pair
  let bar = from
  while (bar < to) {
    if (a[bar]! > b[bar]!) {
      if (bar > 0 && a[bar - 1]! <= b[bar - 1]!) return bar
      bar = firstNotAbove(pair, bar + 1, to)
    } else {
      bar = firstAbove(pair, bar + 1, to)
    }
  }
  return to
}

/** A search for crosses of `a` above `b` among the bars before `to`; it compares no bar behind the one it finds. */
export const createCrossSearch = (
  columns: readonly [a: Float64Array, b: Float64Array],
  { to, isReused }: CursorOptions,
): ((from: number) => number) => {
  const [a, b] = columns
  const pair: Pair = { a, b, blocks: isReused ? { a: blocksOf(a), b: blocksOf(b) } : null }
  return (from) => firstCross(pair, from, to)
}
