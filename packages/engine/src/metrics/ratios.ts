import { type Moments, sampleDeviation, varies } from './distribution.ts'
import type { Measured } from './reasons.ts'

/** Sample deviation of the daily returns times sqrt(A); a fraction a year. */
export const annualVolatility = (moments: Moments, periodsPerYear: number): Measured =>
  moments.n < 2 ? 'TOO_FEW_DAYS' : sampleDeviation(moments) * Math.sqrt(periodsPerYear)

/** What a day yields without risk: (1 + rf)^(1/A) - 1. */
export const dailyRiskFreeRate = (riskFreeRate: number, periodsPerYear: number): number =>
  (1 + riskFreeRate) ** (1 / periodsPerYear) - 1

/** Sharpe ratio of one day, not annualised: mean(r - rf_d) / sample deviation. */
export const dailySharpe = (moments: Moments, riskFreeDaily: number): Measured => {
  if (moments.n < 2) return 'TOO_FEW_DAYS'
  if (!varies(moments)) return 'ZERO_VARIANCE'
  return (moments.mean - riskFreeDaily) / sampleDeviation(moments)
}

/** Sortino ratio of one day: the downside deviation is the root mean square of min(r - m, 0) over all days. */
export const dailySortino = (returns: Float64Array, riskFreeDaily: number): Measured => {
  const n = returns.length
  if (n === 0) return 'TOO_FEW_DAYS'
  let sum = 0
  let squares = 0
  for (const value of returns) {
    const excess = value - riskFreeDaily
    sum += excess
    if (excess < 0) squares += excess * excess
  }
  return squares === 0 ? 'NO_NEGATIVE_RETURNS' : sum / n / Math.sqrt(squares / n)
}

/** Omega at threshold 0 and gain-to-pain, which is omega - 1. */
export const gainOverLoss = (
  returns: Float64Array,
): { readonly omega: Measured; readonly gainToPain: Measured } => {
  let gains = 0
  let losses = 0
  for (const value of returns) {
    if (value > 0) gains += value
    else losses -= value
  }
  if (losses === 0) {
    const reason = returns.length === 0 ? 'TOO_FEW_DAYS' : 'NO_NEGATIVE_RETURNS'
    return { omega: reason, gainToPain: reason }
  }
  return { omega: gains / losses, gainToPain: (gains - losses) / losses }
}

/** R^2 of the least-squares line through the cumulative log returns; in [0, 1]. */
export const stability = (daily: Float64Array): Measured => {
  const n = daily.length - 1
  if (n < 2) return 'TOO_FEW_DAYS'
  const start = daily[0] as number
  const meanX = (n - 1) / 2
  let meanY = 0
  for (let k = 1; k <= n; k++) meanY += Math.log((daily[k] as number) / start) / n
  let xx = 0
  let xy = 0
  let yy = 0
  for (let k = 1; k <= n; k++) {
    const x = k - 1 - meanX
    const y = Math.log((daily[k] as number) / start) - meanY
    xx += x * x
    xy += x * y
    yy += y * y
  }
  return yy < 1e-24 * n ? 'ZERO_VARIANCE' : Math.min(1, (xy * xy) / (xx * yy))
}
