import { type Collected, collectMetrics } from './collect.ts'
import { SERIES_METRIC_KEYS, type SeriesMetricKey } from './keys.ts'
import { analyseCurve, type Rates, seriesMetrics } from './series-metrics.ts'

export interface CurveInput extends Rates {
  /** Epoch ms UTC, strictly ascending, one row a day, at least one row; aligned with `equity`. */
  readonly time: Float64Array
  /** Quote units; the first row is E_0 = D_0. */
  readonly equity: Float64Array
}

/**
 * The metrics that a daily equity curve alone decides (contract §6), days carried forward where rows are missing.
 * Fractions are fractions (0.02 = 2 %), durations ms, `maxDrawdownAbs` in the unit of the curve. Formulas: the
 * functions beside this file. Throws on equity that is not a number and on a first row that is not positive.
 */
export const curveMetrics = (input: CurveInput): Collected<SeriesMetricKey> => {
  const { time, equity } = input
  const startEquity = equity[0] ?? 0
  if (!(startEquity > 0))
    throw new Error(`Invariant broken: the first equity must be positive, was ${startEquity}`)
  const series = { time, equity, from: 0, to: equity.length, startEquity }
  return collectMetrics(SERIES_METRIC_KEYS, seriesMetrics(analyseCurve(series, 'first_day'), input))
}

export interface AccountInput extends CurveInput {
  /** E_0 = D_0 > 0, on the day before the first row. */
  readonly startEquity: number
}

/** The same of an account whose equity is known at the closes of bars of any length. */
export const accountMetrics = (input: AccountInput): Collected<SeriesMetricKey> => {
  const { time, equity, startEquity } = input
  const series = { time, equity, from: 0, to: equity.length, startEquity }
  return collectMetrics(SERIES_METRIC_KEYS, seriesMetrics(analyseCurve(series, 'day_before'), input))
}
