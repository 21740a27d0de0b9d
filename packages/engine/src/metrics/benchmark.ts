import { type Moments, momentsOf, varies } from './distribution.ts'
import type { Measured } from './reasons.ts'

export interface BenchmarkMetrics {
  readonly beta: Measured
  /** Fraction a year. */
  readonly alphaAnn: Measured
}

export interface BenchmarkInput {
  readonly returns: Float64Array
  readonly moments: Moments
  /** Daily returns of buying and holding, aligned with `returns`. */
  readonly benchmark: Float64Array
  readonly periodsPerYear: number
}

/** beta = cov(r, b) / var(b); alphaAnn = (mean r - beta mean b) A, over daily returns. */
export const benchmarkMetrics = (input: BenchmarkInput): BenchmarkMetrics => {
  const { returns, moments, benchmark, periodsPerYear } = input
  const n = returns.length
  if (n < 2) return { beta: 'TOO_FEW_DAYS', alphaAnn: 'TOO_FEW_DAYS' }
  const held = momentsOf(benchmark)
  if (!varies(held)) return { beta: 'ZERO_VARIANCE', alphaAnn: 'ZERO_VARIANCE' }
  let covariance = 0
  for (let k = 0; k < n; k++) {
    covariance += ((returns[k] as number) - moments.mean) * ((benchmark[k] as number) - held.mean)
  }
  const beta = covariance / n / held.m2
  return { beta, alphaAnn: (moments.mean - beta * held.mean) * periodsPerYear }
}
