import type { Candles } from '@botcriptofy/engine/market'

/** Bars to draw: bar k stands for rows [from[k], from[k + 1]), the last one for those up to the end. */
export interface DrawnBars {
  /** First row of each bar. */
  readonly from: number[]
  readonly time: number[]
  readonly open: number[]
  readonly high: number[]
  readonly low: number[]
  readonly close: number[]
}

/** Starts of at most `buckets` runs of nearly equal length over `rows` rows. */
export const bucketStarts = (rows: number, buckets: number): number[] =>
  Array.from({ length: Math.min(rows, buckets) }, (_, k) => Math.round((k * rows) / Math.min(rows, buckets)))

/** Merges the first `rows` bars into one for each start: first open, highest high, lowest low, last close. */
export const mergeBars = (candles: Candles, rows: number, starts: readonly number[]): DrawnBars => {
  const bars: DrawnBars = { from: [], time: [], open: [], high: [], low: [], close: [] }
  for (const [k, from] of starts.entries()) {
    const to = starts[k + 1] ?? rows
    let high = -Infinity
    let low = Infinity
    for (let row = from; row < to; row++) {
      high = Math.max(high, candles.high[row] as number)
      low = Math.min(low, candles.low[row] as number)
    }
    bars.from.push(from)
    bars.time.push(candles.time[from] as number)
    bars.open.push(candles.open[from] as number)
    bars.high.push(high)
    bars.low.push(low)
    bars.close.push(candles.close[to - 1] as number)
  }
  return bars
}
