import { createBarReader } from '../bot/index.ts'
import type { Problem } from '../kernel/index.ts'
import { barLengthMs, type Candles } from '../market/index.ts'
import { detailProblem } from '../paper/index.ts'
import type { SeriesColumns } from '../strategy/index.ts'

/**
 * What is wrong between a series and its detail candles, or null: those have to be shorter bars that divide the
 * longer ones, and each bar needs some that have its open, high, low and close.
 */
export const detailMismatch = (
  { candles, bars, barMs }: Pick<SeriesColumns, 'candles' | 'bars' | 'barMs'>,
  detail: Candles,
): Problem | null => {
  const detailMs = barLengthMs(detail)
  if (barMs !== undefined && detailMs !== undefined && (detailMs >= barMs || barMs % detailMs !== 0)) {
    const expected = `bars shorter than ${barMs} ms that divide them`
    return { path: 'detail', expected, actual: `${detailMs} ms` }
  }
  const barAt = createBarReader({ candles, bars, barMs: barMs ?? Infinity, detail })
  for (let index = 0; index < bars; index++) {
    const problem = detailProblem(barAt(index))
    if (problem !== null) return problem
  }
  return null
}
