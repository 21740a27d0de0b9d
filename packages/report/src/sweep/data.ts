import type { MetricKey, Metrics } from '@botcriptofy/engine/metrics'
import type { SweepValidity } from '@botcriptofy/contracts/sweep'
import type { DatasetLabel, MarketLabel } from '../backtest/data.ts'

export interface SweepParameter {
  /** Dotted path into the strategy: `indicators.fast.params.period`. */
  readonly path: string
  readonly values: readonly number[]
}

export interface SweepRun {
  /** One value for each parameter of the sweep, by path. */
  readonly parameters: Readonly<Record<string, number>>
  readonly metrics: Metrics
  readonly lowSample: boolean
}

/** All that a sweep report shows. */
export interface SweepReportData {
  readonly strategyName: string
  readonly strategySha256: string
  readonly market: MarketLabel
  readonly dataset: DatasetLabel
  readonly engineRevision: number
  /** The metric by which runs are ranked, larger first. */
  readonly objective: MetricKey
  readonly parameters: readonly SweepParameter[]
  /** The runs that completed, in any order. */
  readonly runs: readonly SweepRun[]
  readonly failed: number
  readonly validity: SweepValidity
}
