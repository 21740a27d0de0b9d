import { packFloat64 } from '../page/pack.ts'
import type { RunColumn } from './columns.ts'
import { evenPlaces } from './ranking.ts'

/** More lines hide each other. */
const BEST_DRAWN = 500
const OTHERS_DRAWN = 500

/** Lines of the parallel coordinates, the best run first; columns are base64 of float64, NaN where there is no value. */
export interface RunLines {
  readonly best: number
  readonly others: number
  readonly ordinals: string
  /** By the column. */
  readonly values: readonly string[]
}

/** The best runs, and of the others some at even distances through the ranking. */
export const runLines = (
  columns: readonly RunColumn[],
  ranked: Uint32Array,
  ordinals: Int32Array,
): RunLines => {
  const best = ranked.subarray(0, BEST_DRAWN)
  const rest = ranked.subarray(BEST_DRAWN)
  const others = evenPlaces(rest.length, OTHERS_DRAWN).map((place) => rest[place]!)
  const rows = [...best, ...others]
  return {
    best: best.length,
    others: others.length,
    ordinals: packFloat64(rows.map((row) => ordinals[row]!)),
    values: columns.map(({ values }) => packFloat64(rows.map((row) => values[row]!))),
  }
}
