import { DAY_MS, type DailySource, dailyCurve, dailyReturns } from './daily.ts'
import {
  cvar95,
  excessKurtosis,
  type Moments,
  momentsOf,
  skewness,
  tailRatio,
  var95,
} from './distribution.ts'
import { drawdownMetrics, measureDrawdowns, ulcerIndex } from './drawdown.ts'
import type { EquitySeries } from './equity-series.ts'
import type { SeriesMetricKey } from './keys.ts'
import { probabilisticSharpe } from './psr.ts'
import {
  annualVolatility,
  dailyRiskFreeRate,
  dailySharpe,
  dailySortino,
  gainOverLoss,
  stability,
} from './ratios.ts'
import { mapMeasured, type Measured } from './reasons.ts'

export interface Rates {
  /** Fraction a year. */
  readonly riskFreeRate: number
  /** A: daily returns in a year; 365 for markets that never close. */
  readonly periodsPerYear: number
}

/** The daily view of an equity series, made once and read by every ratio. */
export interface DailyView {
  /** D_0..D_n. */
  readonly daily: Float64Array
  readonly returns: Float64Array
  readonly moments: Moments
}

export const dailyViewOf = (series: EquitySeries, startsOn: DailySource['startsOn']): DailyView => {
  const { time, equity, from, to, startEquity } = series
  const daily = dailyCurve({ time, values: equity, from, to, start: startEquity, startsOn })
  const returns = dailyReturns(daily)
  return { daily, returns, moments: momentsOf(returns) }
}

const RETURN_KEYS = [
  'volatilityAnn',
  'sharpe',
  'sortino',
  'omega',
  'gainToPain',
  'tailRatio',
  'skew',
  'excessKurtosis',
  'var95',
  'cvar95',
  'stability',
  'psr',
] as const satisfies readonly SeriesMetricKey[]
type ReturnMetrics = Record<(typeof RETURN_KEYS)[number], Measured>

const returnMetrics = ({ daily, returns, moments }: DailyView, rates: Rates): ReturnMetrics => {
  const { riskFreeRate, periodsPerYear } = rates
  const riskFreeDaily = dailyRiskFreeRate(riskFreeRate, periodsPerYear)
  const annualise = (ratio: number): number => ratio * Math.sqrt(periodsPerYear)
  const sharpeOfDay = dailySharpe(moments, riskFreeDaily)
  const sorted = returns.slice().sort()
  return {
    volatilityAnn: annualVolatility(moments, periodsPerYear),
    sharpe: mapMeasured(sharpeOfDay, annualise),
    sortino: mapMeasured(dailySortino(returns, riskFreeDaily), annualise),
    ...gainOverLoss(returns),
    tailRatio: tailRatio(sorted),
    skew: skewness(moments),
    excessKurtosis: excessKurtosis(moments),
    var95: var95(sorted),
    cvar95: cvar95(sorted),
    stability: stability(daily),
    psr: probabilisticSharpe(moments, sharpeOfDay),
  }
}

/** The last day of a blown account is a return of -100 %, which no ratio survives. */
const blownReturnMetrics = (): ReturnMetrics =>
  Object.fromEntries(RETURN_KEYS.map((key) => [key, 'BLOWN_ACCOUNT'])) as ReturnMetrics

/** Time between the stamps of the first and the last row, in days. */
export const elapsedDays = ({ time, from, to }: EquitySeries): number =>
  from >= to ? 0 : ((time[to - 1] as number) - (time[from] as number)) / DAY_MS

/** Everything that an equity curve alone decides (specs §4, rows 1 to 19, 37 and 38). */
export const seriesMetrics = (
  series: EquitySeries,
  view: DailyView,
  rates: Rates,
): Record<SeriesMetricKey, Measured> => {
  const { startEquity, equity, from, to } = series
  const endEquity = from >= to ? startEquity : (equity[to - 1] as number)
  const isBlown = endEquity <= 0
  const ratio = (value: Measured): Measured => (isBlown ? 'BLOWN_ACCOUNT' : value)
  const days = elapsedDays(series)
  const growth = endEquity / startEquity
  const cagr: Measured = days < 1 ? 'TOO_FEW_DAYS' : growth ** (365 / days) - 1
  const drawdowns = drawdownMetrics(measureDrawdowns(series))
  const { maxDrawdown, maxDrawdownAbs } = drawdowns
  const ulcer = ulcerIndex(view.daily)
  return {
    totalReturn: growth - 1,
    cagr,
    ...(isBlown ? blownReturnMetrics() : returnMetrics(view, rates)),
    calmar: ratio(maxDrawdown === 0 ? 'NO_DRAWDOWN' : mapMeasured(cagr, (yearly) => yearly / -maxDrawdown)),
    ...drawdowns,
    ulcerIndex: ulcer,
    martin: ratio(
      ulcer === 0 ? 'NO_DRAWDOWN' : mapMeasured(cagr, (yearly) => (yearly - rates.riskFreeRate) / ulcer),
    ),
    recoveryFactor: ratio(maxDrawdownAbs === 0 ? 'NO_DRAWDOWN' : (endEquity - startEquity) / maxDrawdownAbs),
  }
}
