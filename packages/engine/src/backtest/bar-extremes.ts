import { type ColumnExtremes, createColumnExtremes } from '../metrics/index.ts'
import type { SeriesColumns } from '../strategy/index.ts'

/** Finds the lowest low and the highest high of a stretch of bars, block by block; four bytes a bar. */
export interface BarExtremes {
  readonly low: ColumnExtremes
  readonly high: ColumnExtremes
}

const known = new WeakMap<SeriesColumns, BarExtremes>()

/** The extremes of a series: found at its first run, kept for as long as the series lives. */
export const extremesOf = (series: SeriesColumns): BarExtremes => {
  const { low, high } = series.candles
  const extremes = known.get(series) ?? {
    low: createColumnExtremes(low, -1),
    high: createColumnExtremes(high, 1),
  }
  known.set(series, extremes)
  return extremes
}
