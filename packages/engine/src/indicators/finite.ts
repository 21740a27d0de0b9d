import { invariant } from '../kernel/index.ts'
import { CANDLE_COLUMNS, type CandleColumn, type Candles } from '../market/index.ts'
import type { IndicatorDefinition, IndicatorSpec } from './definition.ts'

/** Columns that were found sound: candles do not change, so that all indicators on a series pay for one look. */
const sound = new WeakSet<Float64Array>()

/** A finite number taken from itself leaves 0, anything else NaN; four sums, as one would wait for itself. */
const isFiniteColumn = (x: Float64Array): boolean => {
  let [a, b, c, d] = [0, 0, 0, 0]
  let i = 0
  for (; i + 3 < x.length; i += 4) {
    a += x[i]! - x[i]!
    b += x[i + 1]! - x[i + 1]!
    c += x[i + 2]! - x[i + 2]!
    d += x[i + 3]! - x[i + 3]!
  }
  for (; i < x.length; i++) a += x[i]! - x[i]!
  return a + b + c + d === 0
}

const requireColumn = (candles: Candles, name: CandleColumn): void => {
  const column = candles[name]
  if (sound.has(column)) return
  if (!isFiniteColumn(column)) {
    const bar = column.findIndex((value) => !Number.isFinite(value))
    invariant(false, `${name} of bar ${bar} is a finite number, was ${column[bar]}`)
  }
  sound.add(column)
}

/**
 * Throws where a column that an indicator reads holds NaN or an infinity: a running sum would carry it to the last
 * bar, and a rule would read it as "undefined". Candles from files and databases were checked when they came in.
 */
export const requireFiniteColumns = (
  candles: Candles,
  { takesSource }: IndicatorDefinition,
  { source }: IndicatorSpec,
): void => {
  for (const name of takesSource ? [source] : CANDLE_COLUMNS) requireColumn(candles, name)
}
