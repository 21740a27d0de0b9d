import type { BacktestConfig, BacktestDetail, BacktestReport } from '@botcriptofy/engine/backtest'
import type { RunChecks } from '@botcriptofy/engine/checks'
import type { Candles } from '@botcriptofy/engine/market'
import type { EntryHour } from '@botcriptofy/engine/metrics'
import type { Strategy } from '@botcriptofy/engine/strategy'

export interface MarketLabel {
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
}

export interface DatasetLabel {
  readonly digest: string
  /** Made by a generator instead of a market: said loudly wherever the run is shown. */
  readonly simulated: boolean
  /** Of the generator; null for real data. */
  readonly seed: number | null
}

/** All that a report shows; nothing is looked up, so equal data give an equal text. */
export interface BacktestReportData {
  readonly strategy: Strategy
  readonly strategySha256: string
  readonly market: MarketLabel
  readonly dataset: DatasetLabel
  readonly engineRevision: number
  readonly config: BacktestConfig
  /** The series that was run; rows from `result.bars` on are not shown. */
  readonly candles: Candles
  /** Quote units at the close of each bar, `result.bars` long. */
  readonly equity: Float64Array
  /** The public result; its own `equity` is not read. */
  readonly result: Omit<BacktestReport, 'equity'>
  readonly detail: BacktestDetail
  /** What the trades made by the hour of their entry. */
  readonly entryHours: readonly EntryHour[]
  /** What was checked before the run; null where nothing was. */
  readonly checks: RunChecks | null
}
