import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Params } from '@botcriptofy/engine/sweep'
import type { SampledRuns } from './judge-halves.ts'
import type { JudgedSweep, SweepTrial } from './judge-sweep.ts'

/**
 * The runs of a sweep that came to an end, by ordinal, as columns: a hundred thousand objects would keep a thread busy
 * that only hands them on. NaN stands for nothing.
 */
export interface TrialColumns {
  /** The parameters, dotted paths into the strategy. */
  readonly paths: readonly string[]
  readonly ordinal: Int32Array
  /** One column for each path. */
  readonly params: readonly Float64Array[]
  /** Higher is better. */
  readonly objective: Float64Array
  /** By how much constraints are missed; 0 where all are kept. */
  readonly violation: Float64Array
  /** The leading part of the bars that the run is over; 1 for all. */
  readonly share: Float64Array
  /** Those that were asked for. */
  readonly metrics: Readonly<Partial<Record<MetricKey, Float64Array>>>
  readonly isFailed: Uint8Array
  readonly isLowSample: Uint8Array
}

/** A sweep to judge, with its trials as they travel between threads. */
export interface JudgedColumns extends Omit<JudgedSweep, 'trials' | 'overfitting' | 'halves'> {
  readonly trials: TrialColumns
  readonly compared: SampledRuns
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value

/** Over all bars and within all constraints: what competes for the first place. */
export const isRanked = ({ isFailed, violation, share }: TrialColumns, row: number): boolean =>
  isFailed[row] === 0 && violation[row] === 0 && share[row] === 1

/** Parameters of the run in a row, in the order of the sweep's. */
export const paramsAtRow = ({ paths, params }: TrialColumns, row: number): Params =>
  Object.fromEntries(paths.map((path, at) => [path, params[at]![row]!]))

export const trialsOf = (columns: TrialColumns): SweepTrial[] => {
  const { ordinal, objective, metrics } = columns
  return Array.from(ordinal, (own, row) => ({
    ordinal: own,
    params: paramsAtRow(columns, row),
    objective: isRanked(columns, row) ? orNull(objective[row]) : null,
    sharpe: orNull(metrics.sharpe?.[row]),
  }))
}
