import {
  type BacktestHistory,
  type MonteCarloRequest,
  reportHistories,
  simulateHistories,
} from '@botcriptofy/contracts/montecarlo'
import { type BacktestReportData, renderBacktestReport } from '@botcriptofy/report/backtest'
import { type PortfolioReportData, renderPortfolioReport } from '@botcriptofy/report/portfolio'

export { judgeOverfitting } from '@botcriptofy/contracts/sweep'

/** What a report is made of; both kinds cross to the thread as plain data and columns. */
export type ReportTask =
  | { readonly kind: 'backtest'; readonly data: Omit<BacktestReportData, 'histories'> }
  | { readonly kind: 'portfolio'; readonly data: PortfolioReportData }

/** Renders one page in a thread of the pool. */
export const renderPage = (task: ReportTask): string => {
  if (task.kind === 'portfolio') return renderPortfolioReport(task.data)
  const { data } = task
  return renderBacktestReport({ ...data, histories: reportHistories(data) })
}

export interface HistoryTask {
  readonly request: MonteCarloRequest
  readonly history: BacktestHistory
}

export const simulate = ({ request, history }: HistoryTask) => simulateHistories(request, history)
