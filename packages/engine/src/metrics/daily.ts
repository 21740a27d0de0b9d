export const DAY_MS = 86_400_000

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

/** A column sampled at the end of each UTC day. */
export interface DailySource {
  /** Epoch ms UTC, strictly ascending; rows [from, to) count. */
  readonly time: Float64Array
  readonly values: Float64Array
  readonly from: number
  readonly to: number
  /** D_0. */
  readonly start: number
  /** Where D_0 lies: on the day before row `from` (a backtest), or on its day (a curve whose first row is D_0). */
  readonly startsOn: 'day_before' | 'first_day'
}

/** D_0..D_n: the last value of each UTC day, missing days carried forward. Length n + 1. */
export const dailyCurve = ({ time, values, from, to, start, startsOn }: DailySource): Float64Array => {
  if (from >= to) return Float64Array.of(start)
  const startDay = dayOf(time[from] as number) - (startsOn === 'day_before' ? 1 : 0)
  const daily = new Float64Array(dayOf(time[to - 1] as number) - startDay + 1)
  let slot = 0
  let dayEndMs = (startDay + 1) * DAY_MS
  let value = start
  for (let i = from; i < to; i++) {
    const timeMs = time[i] as number
    while (timeMs >= dayEndMs) {
      daily[slot++] = value
      dayEndMs += DAY_MS
    }
    value = values[i] as number
  }
  daily[slot] = value
  return daily
}

/** r_k = D_k / D_{k-1} - 1, k = 1..n. */
export const dailyReturns = (daily: Float64Array): Float64Array => {
  const returns = new Float64Array(Math.max(0, daily.length - 1))
  for (let k = 0; k < returns.length; k++) returns[k] = (daily[k + 1] as number) / (daily[k] as number) - 1
  return returns
}
