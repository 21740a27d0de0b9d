import {
  DAY_MS,
  type DailyCurve,
  dailyReturns,
  dayEndRows,
  dayOf,
  type DayRange,
  sampleDaily,
} from './daily.ts'
import {
  cvar95,
  excessKurtosis,
  type Moments,
  momentsOf,
  skewness,
  tailRatio,
  var95,
} from './distribution.ts'
import { drawdownMetrics, ulcerIndex } from './drawdown.ts'
import { type EquitySeries, type EquityWalk, walkEquity } from './equity-walk.ts'
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

/** An equity series walked and sampled by day, made once and read by every metric. */
export interface AnalysedCurve extends DailyCurve {
  readonly startEquity: number
  readonly walk: EquityWalk
  readonly isBlown: boolean
  /** Time between the stamps of the first and the last row walked, in days. */
  readonly days: number
  /** Rows of D_0..D_n, as `dayEndRows` gives them. */
  readonly dayEnds: Int32Array
  readonly returns: Float64Array
  readonly moments: Moments
}

export const analyseCurve = (series: EquitySeries, startsOn: DayRange['startsOn']): AnalysedCurve => {
  const { time, equity, from, startEquity } = series
  const walk = walkEquity(series)
  const dayEnds = dayEndRows({ time, from, to: walk.to, startsOn })
  return analyseWalk({ ...series, walk, dayEnds, daily: sampleDaily(equity, dayEnds, startEquity) })
}

export interface WalkedCurve extends Pick<EquitySeries, 'time' | 'from' | 'startEquity'> {
  readonly walk: EquityWalk
  readonly dayEnds: Int32Array
  /** Equity at the day ends; the last is overwritten by that of the end. */
  readonly daily: Float64Array
}

export const analyseWalk = ({
  time,
  from,
  startEquity,
  walk,
  dayEnds,
  daily,
}: WalkedCurve): AnalysedCurve => {
  const { to } = walk
  daily[daily.length - 1] = walk.endEquity
  const returns = dailyReturns(daily)
  return {
    startEquity,
    walk,
    isBlown: walk.endEquity === 0,
    days: to > from ? ((time[to - 1] as number) - (time[from] as number)) / DAY_MS : 0,
    dayEnds,
    firstDay: to > from ? dayOf(time[from] as number) : 0,
    daily,
    returns,
    moments: momentsOf(returns),
  }
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

const returnMetrics = ({ daily, returns, moments }: AnalysedCurve, rates: Rates): ReturnMetrics => {
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

/** Everything that an equity curve alone decides (specs §4, rows 1 to 19, 37 and 38). */
export const seriesMetrics = (curve: AnalysedCurve, rates: Rates): Record<SeriesMetricKey, Measured> => {
  const { startEquity, walk, isBlown, days } = curve
  const ratio = (value: Measured): Measured => (isBlown ? 'BLOWN_ACCOUNT' : value)
  const growth = walk.endEquity / startEquity
  const cagr: Measured = days < 1 ? 'TOO_FEW_DAYS' : growth ** (365 / days) - 1
  const drawdowns = drawdownMetrics(walk)
  const { maxDrawdown, maxDrawdownAbs } = drawdowns
  const ulcer = ulcerIndex(curve.daily)
  const ofReturns = isBlown ? blownReturnMetrics() : returnMetrics(curve, rates)
  return Object.assign(ofReturns, drawdowns, {
    totalReturn: growth - 1,
    cagr,
    calmar: ratio(maxDrawdown === 0 ? 'NO_DRAWDOWN' : mapMeasured(cagr, (yearly) => yearly / -maxDrawdown)),
    ulcerIndex: ulcer,
    martin: ratio(
      ulcer === 0 ? 'NO_DRAWDOWN' : mapMeasured(cagr, (yearly) => (yearly - rates.riskFreeRate) / ulcer),
    ),
    recoveryFactor: ratio(
      maxDrawdownAbs === 0 ? 'NO_DRAWDOWN' : (walk.endEquity - startEquity) / maxDrawdownAbs,
    ),
  })
}
