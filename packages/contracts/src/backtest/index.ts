export { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
export {
  acceptedRun,
  backtestPage,
  backtestSummary,
  backtestView,
  type BacktestView,
  cancelledRun,
  configInput,
  equityPage,
  rowsQuery,
  RUN_STATUSES,
  runShape,
  type RunProgress,
  runProgress,
  runStatus,
  waitReason,
  submitBacktestBody,
  tradePage,
} from './backtest.http.ts'
export { candleSelection, type SeriesSelection } from './candle-selection.ts'
export { type BacktestConfigInput, backtestConfigSchema } from './config.ts'
export { periodicSchema } from './periodic.ts'
export {
  backtestReportSchema,
  type BacktestReportJson,
  bandSchema,
  metricReasonsSchema,
  metricsSchema,
  recommendationSchema,
  tradeSchema,
} from './report.ts'
export { PROGRESS_EVENT, type ProgressEvent, progressEvent, type RunPace } from './progress.ts'
