import { probabilityOfSharpeAbove, type SharpeEstimate } from '../metrics/index.ts'
import { normalQuantile } from './normal-quantile.ts'
import type { Judged } from './reasons.ts'

const EULER_MASCHERONI = 0.577_215_664_901_532_9

/** What was tried to find the best: how many trials, and how far their Sharpe ratios lie apart. */
export interface TrialSpread {
  /** N: trials with a Sharpe ratio, whole, 1 or more. */
  readonly trials: number
  /** V: sample variance (divisor N - 1) of their Sharpe ratios, each of one period. */
  readonly variance: number
}

/** N and V of Sharpe ratios of one period; trials without one (null) count neither way, since none could have won. */
export const trialSpread = (sharpes: readonly (number | null)[]): TrialSpread => {
  const known = sharpes.filter((sharpe) => sharpe !== null)
  const mean = known.reduce((sum, sharpe) => sum + sharpe, 0) / known.length
  const squares = known.reduce((sum, sharpe) => sum + (sharpe - mean) ** 2, 0)
  return { trials: known.length, variance: known.length < 2 ? 0 : squares / (known.length - 1) }
}

/**
 * The Sharpe ratio that the best of N trials without any skill is expected to show, sqrt(V) ((1 - g) Z(1 - 1/N) +
 * g Z(1 - 1/(N e))) with Euler-Mascheroni's g and the normal quantile Z (Bailey & Lopez de Prado, 2014, eq. 1). Of
 * one period, as V is. 0 for a single trial: nothing was selected.
 */
export const expectedMaximumSharpe = ({ trials, variance }: TrialSpread): Judged => {
  if (trials < 1) return 'TOO_FEW_TRIALS'
  if (trials === 1) return 0
  // Z(1 - q) = -Z(q), which keeps the digits of a small q.
  const first = -normalQuantile(1 / trials)
  const second = -normalQuantile(1 / (trials * Math.E))
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second)
}

/**
 * Deflated Sharpe ratio (Bailey & Lopez de Prado, The Deflated Sharpe Ratio, 2014): the probability that the true
 * Sharpe ratio of the best trial is above what luck alone gives the best of N. In [0, 1]; above 0.95 is the authors'
 * mark. N counts trials as if they were independent; the trials of one sweep hardly are, so the value is on the
 * cautious side. Undefined below 30 returns, as the probabilistic Sharpe ratio.
 */
export const deflatedSharpe = (best: SharpeEstimate, tried: TrialSpread): Judged => {
  const benchmark = expectedMaximumSharpe(tried)
  return typeof benchmark === 'number' ? probabilityOfSharpeAbove(benchmark, best) : benchmark
}

/** Published metrics of a run: Sharpe annualised, skewness and excess kurtosis corrected for bias. */
export interface PublishedSharpe {
  readonly sharpe: number
  readonly periodsPerYear: number
  /** Daily returns behind them, 4 or more. */
  readonly observations: number
  readonly skew: number
  readonly excessKurtosis: number
}

/** Takes annualisation and bias correction (Joanes & Gill, 1998: G1, G2) back, since the formula is made of raw moments. */
export const sharpeEstimate = (published: PublishedSharpe): SharpeEstimate => {
  const { sharpe, periodsPerYear, observations: n, skew, excessKurtosis } = published
  return {
    sharpe: sharpe / Math.sqrt(periodsPerYear),
    observations: n,
    skewness: (skew * (n - 2)) / Math.sqrt(n * (n - 1)),
    kurtosis: ((excessKurtosis * (n - 2) * (n - 3)) / (n - 1) - 6) / (n + 1) + 3,
  }
}
