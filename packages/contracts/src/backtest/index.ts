export { type BacktestConfigInput, backtestConfigSchema } from './config.ts'
export {
  backtestReportSchema,
  type BacktestReportJson,
  bandSchema,
  metricReasonsSchema,
  metricsSchema,
  recommendationSchema,
  tradeSchema,
} from './report.ts'
