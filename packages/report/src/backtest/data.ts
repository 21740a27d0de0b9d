import type {
  BacktestConfig,
  BacktestDetail,
  BacktestReport,
  CurveDetail,
} from '@botcriptofy/engine/backtest'
import type { RunChecks } from '@botcriptofy/engine/checks'
import type { Candles } from '@botcriptofy/engine/market'
import type { EntryHour } from '@botcriptofy/engine/metrics'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { MonteCarloResult } from '@botcriptofy/engine/validity'

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
  /** Finer candles that the fills happened in. */
  readonly detail?: { readonly timeframe: string; readonly digest: string } | undefined
}

/** What every report shows of an account; nothing is looked up, so equal data give an equal text. */
export interface AccountReportData {
  readonly strategy: Strategy
  readonly strategySha256: string
  readonly engineRevision: number
  readonly config: BacktestConfig
  /** Open times of the bars, epoch ms; those from `result.bars` on are not shown. */
  readonly time: Float64Array
  /** Quote units at the close of each bar, `result.bars` long. */
  readonly equity: Float64Array
  /** The public result; its own `equity` is not read. */
  readonly result: Omit<BacktestReport, 'equity'>
  readonly detail: CurveDetail
  /** What the trades made by the hour of their entry. */
  readonly entryHours: readonly EntryHour[]
  /** The unit of money. */
  readonly quote: string
  /** Of finer candles that the fills happened in. */
  readonly detailTimeframe?: string | undefined
  /** Made of blocks of its days; nothing is shown where there are none. */
  readonly histories?: MonteCarloResult | null | undefined
}

/** All that the report of one series shows. */
export interface BacktestReportData extends Omit<AccountReportData, 'time' | 'quote' | 'detailTimeframe'> {
  readonly market: MarketLabel
  readonly dataset: DatasetLabel
  /** The series that was run; rows from `result.bars` on are not shown. */
  readonly candles: Candles
  readonly detail: BacktestDetail
  /** What was checked before the run; null where nothing was. */
  readonly checks: RunChecks | null
  /** Where the backtest can be promoted to a bot; nothing is shown of one that no server knows. */
  readonly promoted?: { readonly id: string; readonly origin: string } | undefined
}

/** The unit of money of a symbol such as `BTC/USDT` or `BTC/USDT:USDT`. */
export const quoteAsset = (symbol: string): string => /^[^/]*\/([^:]+)/.exec(symbol)?.[1] ?? ''

/** What the sections that all reports share show of a backtest. */
export const accountOf = (data: BacktestReportData): AccountReportData => ({
  ...data,
  time: data.candles.time,
  quote: quoteAsset(data.market.symbol),
  detailTimeframe: data.dataset.detail?.timeframe,
})
