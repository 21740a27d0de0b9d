import type { Candles } from '../market/index.ts'
import { createRangeExtremes, type RangeExtremes } from './column-extremes.ts'
import { dayEndRows, dayOf } from './daily.ts'
import { endWalk, startWalk, walkBounded, walkFlat } from './equity-walk.ts'
import { type AnalysedCurve, analyseWalk } from './series-metrics.ts'

/** The day ends of a series, found once for many curves on it. */
interface DayEnds {
  readonly time: Float64Array
  /** As `dayEndRows` gives them for all rows and a D_0 before them. */
  readonly rows: Int32Array
}

const createDayEnds = (time: Float64Array): DayEnds => ({
  time,
  rows: dayEndRows({ time, from: 0, to: time.length, startsOn: 'day_before' }),
})

/** What curves on one series share. */
export interface CurveGround {
  readonly dayEnds: DayEnds
  /** What a held unit is worth in each row. */
  readonly prices: Float64Array
  readonly extremes: RangeExtremes
}

export const createCurveGround = ({ time, close }: Candles): CurveGround => ({
  dayEnds: createDayEnds(time),
  prices: close,
  extremes: createRangeExtremes(close),
})

interface Rows {
  readonly from: number
  readonly to: number
}

/** Equity that is measured while it is made: no column of it exists, and rows without a position cost nothing. */
export interface EquityCurve {
  /** The next rows, in which nothing is held. */
  readonly flat: (rows: Rows, value: number) => void
  /** The next rows, each worth cash + quantity * price. */
  readonly held: (rows: Rows, cash: number, quantity: number) => void
  /** What `analyseCurve` yields for the column of the same equity with a D_0 on the day before. */
  readonly analyse: () => AnalysedCurve
}

export interface CurveStart {
  readonly ground: CurveGround
  /** First row that counts; rows before it are passed over. */
  readonly from: number
  /** E_0 = D_0 > 0, quote units. */
  readonly startEquity: number
}

export const startCurve = ({ ground, from, startEquity }: CurveStart): EquityCurve => {
  const { dayEnds, prices, extremes } = ground
  const { time, rows: ends } = dayEnds
  const walker = startWalk({ time, from, startEquity })
  // D_1 is the day of the first row.
  const firstEnd =
    from < time.length ? dayOf(time[from] as number) - dayOf(time[0] as number) + 1 : ends.length
  const daily = new Float64Array(ends.length - firstEnd + 1).fill(startEquity)
  let next = firstEnd
  return {
    flat: (rows, value) => {
      const { to } = rows
      walkFlat(walker, { from: Math.max(rows.from, from), to }, value)
      while (next < ends.length && (ends[next] as number) < to) daily[next++ - firstEnd + 1] = value
    },
    held: (rows, cash, quantity) => {
      const { to } = rows
      const high = extremes.highest(rows.from, to)
      const low = extremes.lowest(rows.from, to)
      const highest = cash + quantity * (quantity > 0 ? high : low)
      const lowest = cash + quantity * (quantity > 0 ? low : high)
      walkBounded(walker, rows, { prices, cash, quantity, highest, lowest })
      for (; next < ends.length && (ends[next] as number) < to; next++) {
        daily[next - firstEnd + 1] = cash + quantity * (prices[ends[next] as number] as number)
      }
    },
    analyse: () => {
      const walk = endWalk(walker)
      const { to } = walk
      const days = to > from ? dayOf(time[to - 1] as number) - dayOf(time[from] as number) + 1 : 0
      const dayEndsOfCurve = new Int32Array(days + 1)
      dayEndsOfCurve.set(ends.subarray(firstEnd, firstEnd + days), 1)
      dayEndsOfCurve[0] = -1
      if (days > 0) dayEndsOfCurve[days] = to - 1
      return analyseWalk({
        time,
        from,
        startEquity,
        walk,
        dayEnds: dayEndsOfCurve,
        daily: daily.subarray(0, days + 1),
      })
    },
  }
}
