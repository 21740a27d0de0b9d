export {
  backtestMetrics,
  type BacktestMetrics,
  type BacktestMetricsInput,
  measuredMetrics,
  type MeasuredRunInput,
} from './backtest-metrics.ts'
export {
  analyseEquity,
  createCurveGround,
  curveFlat,
  type CurveGround,
  curveHeld,
  type EquityCurve,
  startCurve,
} from './equity-curve.ts'
export { accountMetrics, type AccountInput, curveMetrics, type CurveInput } from './curve-metrics.ts'
export { type Moments, momentsOf, quantileOfSorted, sampleDeviation } from './distribution.ts'
export {
  METRIC_KEYS,
  type MetricKey,
  type MetricReasons,
  type Metrics,
  SERIES_METRIC_KEYS,
  type SeriesMetricKey,
} from './keys.ts'
export { periodicTables, type PeriodicInput } from './periodic.ts'
export { type EntryResult, hourOfWeek } from './periodic-entries.ts'
export { type DailyCurve, dailyReturns, dayOf } from './daily.ts'
export { returnsBy } from './periodic-returns.ts'
export {
  type EntryHour,
  type Period,
  type PeriodicTables,
  type PeriodReturn,
  PERIODS,
  type PeriodSummary,
} from './periodic-tables.ts'
export { extremeRows } from './extreme-rows.ts'
export { normalCdf } from './normal-distribution.ts'
export { probabilityOfSharpeAbove, type SharpeEstimate } from './psr.ts'
export { type Measured, METRIC_REASON_CODES, type MetricReasonCode } from './reasons.ts'
export { type RollingSharpe, rollingSharpe } from './rolling-sharpe.ts'
export { analyseCurve, type AnalysedCurve } from './series-metrics.ts'
export { createWindowExtremes, extremeOf, firstBeyond, type WindowExtremes } from './window-extremes.ts'
