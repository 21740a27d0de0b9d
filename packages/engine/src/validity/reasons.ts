import type { MetricReasonCode } from '../metrics/index.ts'

/** Stable codes that tell why a judgement has no value, beyond those of the metrics. */
export const VALIDITY_REASON_CODES = [
  /** Fewer trials, or fewer with a defined Sharpe ratio, than the definition needs. */
  'TOO_FEW_TRIALS',
  /** The training windows made nothing, so no share of it can be kept. */
  'NO_TRAINING_PROFIT',
  /** No window to judge. */
  'NO_WINDOWS',
  /** The trial has no objective: it failed, or its objective is undefined. */
  'NO_OBJECTIVE',
  /** An objective of zero, of which nothing can be lost. */
  'ZERO_OBJECTIVE',
  /** No trial with an objective stands one step away. */
  'NO_NEIGHBOURS',
] as const
export type ValidityReasonCode = (typeof VALIDITY_REASON_CODES)[number] | MetricReasonCode

/** What a judgement yields: its value, or the code of why there is none. */
export type Judged = number | ValidityReasonCode
