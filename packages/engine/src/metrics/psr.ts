import type { Moments } from './distribution.ts'
import { normalCdf } from './normal-distribution.ts'
import type { Measured } from './reasons.ts'

const FEWEST_DAYS = 30

/** A Sharpe ratio with the shape of the returns it was measured on; all of one period, nothing annualised. */
export interface SharpeEstimate {
  readonly sharpe: number
  /** Returns behind it. */
  readonly observations: number
  /** g3 = m3/m2^1.5 of the sample, without correction for bias. */
  readonly skewness: number
  /** Raw g4 = m4/m2^2 of the sample; 3 for a normal distribution. */
  readonly kurtosis: number
}

/**
 * Probabilistic Sharpe ratio (Bailey & Lopez de Prado, 2012): the probability that the true Sharpe ratio is above
 * SR*, Phi((SR - SR*) sqrt(n-1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)), both ratios of one period. In [0, 1].
 */
export const probabilityOfSharpeAbove = (benchmark: number, estimate: SharpeEstimate): Measured => {
  const { sharpe, observations, skewness, kurtosis } = estimate
  if (observations < FEWEST_DAYS) return 'TOO_FEW_DAYS'
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  if (spread <= 0) return 'ZERO_VARIANCE'
  return normalCdf(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(spread))
}

/** Probabilistic Sharpe ratio against SR* = 0, from the sample's moments and the Sharpe ratio of one day. In [0, 1]. */
export const probabilisticSharpe = (moments: Moments, sharpeOfDay: Measured): Measured => {
  const { n, m2, m3, m4 } = moments
  if (n < FEWEST_DAYS) return 'TOO_FEW_DAYS'
  if (typeof sharpeOfDay !== 'number') return sharpeOfDay
  return probabilityOfSharpeAbove(0, {
    sharpe: sharpeOfDay,
    observations: n,
    skewness: m3 / m2 ** 1.5,
    kurtosis: m4 / (m2 * m2),
  })
}
