import type { Moments } from './distribution.ts'
import { normalCdf } from './normal-distribution.ts'
import type { Measured } from './reasons.ts'

const FEWEST_DAYS = 30

/**
 * Probabilistic Sharpe ratio against SR* = 0 (Bailey & Lopez de Prado, 2012): the probability that the true Sharpe
 * ratio is above zero, Phi(SR sqrt(n-1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)), with the Sharpe ratio of one day and
 * the sample's skewness g3 = m3/m2^1.5 and raw kurtosis g4 = m4/m2^2. In [0, 1].
 */
export const probabilisticSharpe = (moments: Moments, sharpeOfDay: Measured): Measured => {
  if (moments.n < FEWEST_DAYS) return 'TOO_FEW_DAYS'
  if (typeof sharpeOfDay !== 'number') return sharpeOfDay
  const { n, m2, m3, m4 } = moments
  const skew = m3 / m2 ** 1.5
  const kurtosis = m4 / (m2 * m2)
  const spread = 1 - skew * sharpeOfDay + ((kurtosis - 1) / 4) * sharpeOfDay * sharpeOfDay
  return spread <= 0 ? 'ZERO_VARIANCE' : normalCdf((sharpeOfDay * Math.sqrt(n - 1)) / Math.sqrt(spread))
}
