import { momentsOf } from './distribution.ts'
import type { EquitySeries } from './equity-walk.ts'
import { dailyRiskFreeRate, dailySharpe } from './ratios.ts'
import { analyseCurve, type Rates } from './series-metrics.ts'

export interface RollingSharpe {
  /** Daily returns in each window. */
  readonly windowDays: number
  /** Last row of the day that ends each window, ascending. */
  readonly rows: Int32Array<ArrayBuffer>
  /** Annualised Sharpe ratio of the window; NaN where its returns do not vary or the account was lost in it. */
  readonly values: Float64Array<ArrayBuffer>
}

/** The Sharpe ratio of specs §4 over the last `windowDays` daily returns, at the end of every day that has them. */
export const rollingSharpe = (series: EquitySeries, windowDays: number, rates: Rates): RollingSharpe => {
  const { returns, dayEnds } = analyseCurve(series, 'day_before')
  const riskFreeDaily = dailyRiskFreeRate(rates.riskFreeRate, rates.periodsPerYear)
  const values = new Float64Array(Math.max(0, returns.length - windowDays + 1))
  for (let k = 0; k < values.length; k++) {
    const window = returns.subarray(k, k + windowDays)
    const daily = window.includes(-1) ? 'BLOWN_ACCOUNT' : dailySharpe(momentsOf(window), riskFreeDaily)
    values[k] = typeof daily === 'number' ? daily * Math.sqrt(rates.periodsPerYear) : Number.NaN
  }
  // Return k leads to D_{k+1}, so window k ends with day k + windowDays.
  const rows = dayEnds.slice(windowDays, windowDays + values.length)
  return { windowDays, rows: Int32Array.from(rows), values }
}
