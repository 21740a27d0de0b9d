export { judgeOverfitting } from '@botcriptofy/contracts/sweep'
import { type BacktestReportData, renderBacktestReport } from '@botcriptofy/report/backtest'
import { type PortfolioReportData, renderPortfolioReport } from '@botcriptofy/report/portfolio'

/** What a report is made of; both kinds cross to the thread as plain data and columns. */
export type ReportTask =
  | { readonly kind: 'backtest'; readonly data: BacktestReportData }
  | { readonly kind: 'portfolio'; readonly data: PortfolioReportData }

/** Renders one page in a thread of the pool. */
export const renderPage = (task: ReportTask): string =>
  task.kind === 'backtest' ? renderBacktestReport(task.data) : renderPortfolioReport(task.data)
