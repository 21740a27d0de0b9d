export const DAY_MS = 86_400_000

export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

interface Rows {
  readonly from: number
  readonly to: number
}

/** First of the rows stamped at or after `limitMs`, or their end; doubling steps, then halving. */
const firstRowAtOrAfter = (time: Float64Array, { from, to }: Rows, limitMs: number): number => {
  let low = from
  let step = 1
  while (low + step < to && (time[low + step] as number) < limitMs) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, to)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((time[middle] as number) < limitMs) low = middle + 1
    else high = middle
  }
  return low
}

export interface DayRange extends Rows {
  /** Epoch ms UTC, strictly ascending; rows [from, to) count. */
  readonly time: Float64Array
  /** Where D_0 lies: on the day before row `from` (a backtest), or on its day (a curve whose first row is D_0). */
  readonly startsOn: 'day_before' | 'first_day'
}

/** The equity of an account at the ends of consecutive UTC days; a day without rows keeps the one before. */
export interface DailyCurve {
  /** The day of D_1 in days since 1970-01-01; means nothing without a D_1. */
  readonly firstDay: number
  /** D_0..D_n: the equity before the first day, then that at each day's end. Quote units. */
  readonly daily: Float64Array
}

const BEFORE_ROWS = -1

/** For D_0..D_n the last row of its UTC day; the row before for a day without rows, -1 for a D_0 before all rows. */
export const dayEndRows = ({ time, from, to, startsOn }: DayRange): Int32Array => {
  if (from >= to) return Int32Array.of(BEFORE_ROWS)
  const firstDay = dayOf(time[from] as number)
  const offset = startsOn === 'day_before' ? 1 : 0
  const ends = new Int32Array(dayOf(time[to - 1] as number) - firstDay + 1 + offset)
  ends[0] = BEFORE_ROWS
  let next = from
  for (let slot = offset; slot < ends.length; slot++) {
    next = firstRowAtOrAfter(time, { from: next, to }, (firstDay + slot - offset + 1) * DAY_MS)
    ends[slot] = next - 1
  }
  return ends
}

/** D_0..D_n of a column: its values at the rows of `dayEndRows`, `start` before the first row. */
export const sampleDaily = (values: Float64Array, ends: Int32Array, start: number): Float64Array => {
  const daily = new Float64Array(ends.length)
  for (let k = 0; k < ends.length; k++) {
    const row = ends[k] as number
    daily[k] = row === BEFORE_ROWS ? start : (values[row] as number)
  }
  return daily
}

/** r_k = D_k / D_{k-1} - 1, k = 1..n. */
export const dailyReturns = (daily: Float64Array): Float64Array => {
  const returns = new Float64Array(Math.max(0, daily.length - 1))
  for (let k = 0; k < returns.length; k++) returns[k] = (daily[k + 1] as number) / (daily[k] as number) - 1
  return returns
}
