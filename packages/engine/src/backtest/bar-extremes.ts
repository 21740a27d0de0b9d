import type { SeriesColumns } from '../strategy/index.ts'

export const BLOCK_BARS = 16

/** Where in its block of bars, counted from the block's first, an extreme of a column stands. */
export interface ColumnExtremes {
  /** Of the bars of the block up to this one. */
  readonly before: Uint8Array
  /** Of the bars of the block from this one on. */
  readonly after: Uint8Array
}

/** Finds the lowest low and the highest high of a stretch of bars, block by block; four bytes a bar. */
export interface BarExtremes {
  readonly low: ColumnExtremes
  readonly high: ColumnExtremes
}

/** `sign` 1 looks for the highest values, -1 for the lowest. */
const extremesOfColumn = (column: Float64Array, sign: number): ColumnExtremes => {
  const bars = column.length
  const before = new Uint8Array(bars)
  const after = new Uint8Array(bars)
  for (let start = 0; start < bars; start += BLOCK_BARS) {
    const end = Math.min(start + BLOCK_BARS, bars)
    let extreme = start
    for (let bar = start; bar < end; bar++) {
      if (sign * column[bar]! > sign * column[extreme]!) extreme = bar
      before[bar] = extreme - start
    }
    extreme = end - 1
    for (let bar = extreme; bar >= start; bar--) {
      if (sign * column[bar]! > sign * column[extreme]!) extreme = bar
      after[bar] = extreme - start
    }
  }
  return { before, after }
}

const known = new WeakMap<SeriesColumns, BarExtremes>()

/** The extremes of a series: found at its first run, kept for as long as the series lives. */
export const extremesOf = (series: SeriesColumns): BarExtremes => {
  const { low, high } = series.candles
  const extremes = known.get(series) ?? { low: extremesOfColumn(low, -1), high: extremesOfColumn(high, 1) }
  known.set(series, extremes)
  return extremes
}
