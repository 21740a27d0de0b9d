import type { PortfolioDetail } from '@botcriptofy/engine/backtest'
import type { PortfolioChecks } from '@botcriptofy/engine/checks'
import type { Candles } from '@botcriptofy/engine/market'
import type { AccountReportData, DatasetLabel, MarketLabel } from '../backtest/data.ts'

/** A symbol of the portfolio with the candles that were run. */
export interface ReportedMember {
  readonly market: MarketLabel
  readonly dataset: DatasetLabel
  /** Rows beyond the bars that were used may follow. */
  readonly candles: Candles
}

/** All that the report of a portfolio shows; bars, times and rows are those of all symbols together. */
export interface PortfolioReportData extends AccountReportData {
  /** In the order of priority. */
  readonly members: readonly ReportedMember[]
  readonly datasetDigest: string
  readonly detail: PortfolioDetail
  /** What was checked before the run; null where nothing was. */
  readonly checks: PortfolioChecks | null
}
