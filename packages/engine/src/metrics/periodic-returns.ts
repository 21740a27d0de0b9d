import { DAY_MS } from './daily.ts'
import { type Period, type PeriodReturn, PERIODS, type PeriodSummary } from './periodic-tables.ts'

/** Days from Thursday 1970-01-01 back to its Monday. */
const EPOCH_WEEKDAY = 3

/** First day, in days since 1970-01-01, of the period that holds a day. */
const FIRST_DAY: Readonly<Record<Period, (day: number) => number>> = {
  day: (day) => day,
  week: (day) => Math.floor((day + EPOCH_WEEKDAY) / 7) * 7 - EPOCH_WEEKDAY,
  month: (day) => {
    const date = new Date(day * DAY_MS)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / DAY_MS
  },
  year: (day) => Date.UTC(new Date(day * DAY_MS).getUTCFullYear(), 0) / DAY_MS,
}

export interface DailyCurve {
  /** D_0..D_n: D_0 is the capital before the first day. */
  readonly daily: Float64Array
  /** Day of D_1, in days since 1970-01-01. */
  readonly firstDay: number
}

/** Returns by calendar period, in order and without holes; none after the account has ended. */
export const returnsBy = (period: Period, { daily, firstDay }: DailyCurve): readonly PeriodReturn[] => {
  const firstDayOf = FIRST_DAY[period]
  const returns: PeriodReturn[] = []
  let base = daily[0]!
  for (let k = 1; k < daily.length; k++) {
    const first = firstDayOf(firstDay + k - 1)
    const isLast = k === daily.length - 1 || firstDayOf(firstDay + k) !== first
    if (!isLast) continue
    returns.push({ fromMs: first * DAY_MS, returnFraction: daily[k]! / base - 1 })
    base = daily[k]!
  }
  return returns
}

const EMPTY: PeriodSummary = {
  periods: 0,
  best: null,
  worst: null,
  positiveFraction: null,
  meanReturn: null,
}

export const summaryOf = (returns: readonly PeriodReturn[]): PeriodSummary => {
  const [first] = returns
  if (first === undefined) return EMPTY
  let best = first
  let worst = first
  let positive = 0
  let sum = 0
  for (const period of returns) {
    const { returnFraction } = period
    if (returnFraction > best.returnFraction) best = period
    if (returnFraction < worst.returnFraction) worst = period
    if (returnFraction > 0) positive++
    sum += returnFraction
  }
  const periods = returns.length
  return { periods, best, worst, positiveFraction: positive / periods, meanReturn: sum / periods }
}

export const summaries = (curve: DailyCurve): Readonly<Record<Period, PeriodSummary>> =>
  Object.fromEntries(PERIODS.map((period) => [period, summaryOf(returnsBy(period, curve))])) as Record<
    Period,
    PeriodSummary
  >
