import { DAY_MS, type DailyCurve } from './daily.ts'
import { type Period, type PeriodReturn, PERIODS, type PeriodSummary } from './periodic-tables.ts'

/** Days from Thursday 1970-01-01 back to its Monday. */
const EPOCH_WEEKDAY = 3

/** First day of a calendar month, in days since 1970-01-01; months count on over the years. */
const monthStart = (year: number, month: number): number => Date.UTC(year, month) / DAY_MS

/** First day and the day after the last, in days since 1970-01-01, of the period that holds a day. */
const SPAN: Readonly<Record<Period, (day: number) => readonly [first: number, end: number]>> = {
  day: (day) => [day, day + 1],
  week: (day) => {
    const monday = Math.floor((day + EPOCH_WEEKDAY) / 7) * 7 - EPOCH_WEEKDAY
    return [monday, monday + 7]
  },
  month: (day) => {
    const date = new Date(day * DAY_MS)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return [monthStart(year, month), monthStart(year, month + 1)]
  },
  year: (day) => {
    const year = new Date(day * DAY_MS).getUTCFullYear()
    return [monthStart(year, 0), monthStart(year + 1, 0)]
  },
}

/** Returns by calendar period, in order and without holes; none after the account has ended. */
export const returnsBy = (period: Period, { firstDay, daily }: DailyCurve): readonly PeriodReturn[] => {
  const returns: PeriodReturn[] = []
  const days = daily.length - 1
  let base = daily[0]!
  for (let day = firstDay; day < firstDay + days;) {
    const [first, end] = SPAN[period](day)
    const value = daily[Math.min(end - firstDay, days)]!
    returns.push({ fromMs: first * DAY_MS, returnFraction: value / base - 1 })
    base = value
    day = end
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
