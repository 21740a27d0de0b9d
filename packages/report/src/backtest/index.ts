export type { BacktestReportData, DatasetLabel, MarketLabel } from './data.ts'
export { backtestReportPolicy, renderBacktestReport } from './report.ts'
export { quoteAsset } from './data.ts'
