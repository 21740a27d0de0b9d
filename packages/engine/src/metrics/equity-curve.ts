import type { Candles } from '../market/index.ts'
import { dayEndRows, dayOf } from './daily.ts'
import { endWalk, type EquityWalker, startWalk, walkBelowPeak, walkFlat, walkHeld } from './equity-walk.ts'
import { type AnalysedCurve, analyseWalk } from './series-metrics.ts'
import { createWindowExtremes, extremeOf, type WindowExtremes } from './window-extremes.ts'

/** What curves on one series share. */
export interface CurveGround {
  readonly time: Float64Array
  /** The last row of every day, as `dayEndRows` gives them for all rows and a D_0 before them. */
  readonly dayEnds: Int32Array
  /** What a held unit is worth in each row. */
  readonly prices: Float64Array
  readonly lowest: WindowExtremes
  readonly highest: WindowExtremes
}

export const createCurveGround = ({ time, close }: Candles): CurveGround => ({
  time,
  dayEnds: dayEndRows({ time, from: 0, to: time.length, startsOn: 'day_before' }),
  prices: close,
  lowest: createWindowExtremes(close, -1),
  highest: createWindowExtremes(close, 1),
})

/** Equity that is measured while it is made: no column of it exists, and few rows are looked at one by one. */
export interface EquityCurve {
  readonly ground: CurveGround
  readonly startEquity: number
  readonly walker: EquityWalker
  /** Day of `ground.dayEnds` that is D_1 here. */
  readonly firstDay: number
  /** D_0..D_n as far as they are known. */
  readonly daily: Float64Array
  /** The next day of `ground.dayEnds`, and its last row. */
  nextDay: number
  nextDayEnd: number
  /** What is held, set before its rows are measured: a negative quantity is a short. */
  cash: number
  quantity: number
  /** Bounds of what the rows are worth; tight ones save work. */
  atLeast: number
  atMost: number
}

export interface CurveStart {
  readonly ground: CurveGround
  /** First row that counts; rows before it are passed over. */
  readonly from: number
  /** E_0 = D_0 > 0, quote units. */
  readonly startEquity: number
}

/** Behind all rows for a day behind all days. */
const dayEndOf = ({ dayEnds, time }: CurveGround, day: number): number =>
  day < dayEnds.length ? dayEnds[day]! : time.length

export const startCurve = ({ ground, from, startEquity }: CurveStart): EquityCurve => {
  const { time, dayEnds } = ground
  const firstDay = from < time.length ? dayOf(time[from]!) - dayOf(time[0]!) + 1 : dayEnds.length
  return {
    ground,
    startEquity,
    walker: startWalk({ time, from, startEquity }),
    firstDay,
    daily: new Float64Array(dayEnds.length - firstDay + 1).fill(startEquity),
    nextDay: firstDay,
    nextDayEnd: dayEndOf(ground, firstDay),
    cash: Number.NaN,
    quantity: Number.NaN,
    atLeast: Number.NaN,
    atMost: Number.NaN,
  }
}

const endDay = (curve: EquityCurve, value: number): void => {
  curve.daily[curve.nextDay - curve.firstDay + 1] = value
  curve.nextDay++
  curve.nextDayEnd = dayEndOf(curve.ground, curve.nextDay)
}

/** The rows up to `to`, in which nothing is held. */
export const curveFlat = (curve: EquityCurve, to: number, value: number): void => {
  walkFlat(curve.walker, to, value)
  while (curve.nextDayEnd < to) endDay(curve, value)
}

/** The rows up to `to`, each worth cash + quantity * price, as the curve's own fields say. */
export const curveHeld = (curve: EquityCurve, to: number): void => {
  const { walker, ground, cash, quantity, atLeast, atMost } = curve
  const { prices } = ground
  if (atMost < walker.peak && atLeast > 0 && walker.to < to) {
    const lowest = atLeast < walker.trough ? lowestWorth(curve, to) : atLeast
    walkBelowPeak(walker, to, { prices, cash, quantity, lowest })
  } else {
    walkHeld(walker, to, { prices, cash, quantity })
  }
  while (curve.nextDayEnd < to) endDay(curve, cash + quantity * prices[curve.nextDayEnd]!)
}

const lowestWorth = ({ walker, ground, cash, quantity }: EquityCurve, to: number): number => {
  const price =
    quantity > 0 ? -extremeOf(ground.lowest, walker.to, to) : extremeOf(ground.highest, walker.to, to)
  return cash + quantity * price
}

/** What `analyseCurve` yields for the column of the same equity with a D_0 on the day before. */
export const analyseEquity = (curve: EquityCurve): AnalysedCurve => {
  const { ground, walker, startEquity, firstDay } = curve
  const { time, dayEnds } = ground
  const { from } = walker
  const walk = endWalk(walker)
  const { to } = walk
  const days = to > from ? dayOf(time[to - 1]!) - dayOf(time[from]!) + 1 : 0
  const dayEndsOfCurve = new Int32Array(days + 1)
  dayEndsOfCurve.set(dayEnds.subarray(firstDay, firstDay + days), 1)
  dayEndsOfCurve[0] = -1
  if (days > 0) dayEndsOfCurve[days] = to - 1
  const daily = curve.daily.subarray(0, days + 1)
  return analyseWalk({ time, from, startEquity, walk, dayEnds: dayEndsOfCurve, daily })
}
