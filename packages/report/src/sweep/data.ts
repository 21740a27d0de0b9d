import type { HalvesPoints, SweepValidity, TrialColumns } from '@botcriptofy/contracts/sweep'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { AccountReportData, DatasetLabel, MarketLabel } from '../backtest/data.ts'

export interface SweepParameter {
  /** Dotted path into the strategy: `indicators.fast.params.period`. */
  readonly path: string
  /** All that the sweep was to try, ascending. */
  readonly values: readonly number[]
}

/** What is kept of the best run. */
export type TearSheetData = Pick<AccountReportData, 'time' | 'equity' | 'config' | 'quote' | 'result'>

/** All that a sweep report shows. */
export interface SweepReportData {
  readonly id: string
  /** Where the API is reached, for links: `https://host:3000`. */
  readonly origin: string
  readonly strategyName: string
  readonly strategySha256: string
  readonly market: MarketLabel
  readonly dataset: DatasetLabel
  /** Epoch ms of the candles, the end not included. */
  readonly range: { readonly fromMs: number; readonly toMs: number; readonly bars: number }
  readonly engineRevision: number
  /** The metric that is shown where there is room for one. */
  readonly objective: MetricKey
  /** What ranks the runs, in words; null where it is that metric, higher first. */
  readonly score: string | null
  readonly parameters: readonly SweepParameter[]
  /** Runs that were accepted and did not come to an end. */
  readonly notRun: number
  /** Those that came to an end, with the metrics of `reportedMetrics`. */
  readonly trials: TrialColumns
  readonly validity: SweepValidity
  /** Runs in both halves of the days; null where they cannot be compared. */
  readonly halves: HalvesPoints | null
  /** The run that ranks first; null where none does, or nothing is kept of it. */
  readonly best: TearSheetData | null
}
