import type { Candles } from '@botcriptofy/engine/market'

/** Ends of `buckets` runs of nearly equal length over `rows` rows: ends[k] is one past the last row of run k. */
const bucketEnds = (rows: number, buckets: number): number[] =>
  Array.from({ length: Math.min(rows, buckets) }, (_, k) =>
    Math.round(((k + 1) * rows) / Math.min(rows, buckets)),
  )

/**
 * Rows to draw so that no extreme of any column is lost: of each bucket the lowest and the highest row of every
 * column, besides the first and the last row of all. Ascending, without repetition.
 */
export const extremeRows = (columns: readonly Float64Array[], rows: number, buckets: number): number[] => {
  const chosen = new Set<number>(rows === 0 ? [] : [0, rows - 1])
  let from = 0
  for (const to of bucketEnds(rows, buckets)) {
    for (const column of columns) {
      let low = from
      let high = from
      for (let row = from + 1; row < to; row++) {
        const value = column[row] as number
        if (value < (column[low] as number)) low = row
        if (value > (column[high] as number)) high = row
      }
      chosen.add(low).add(high)
    }
    from = to
  }
  return [...chosen].sort((a, b) => a - b)
}

/** Bars to draw, each standing for one bucket of bars. */
export interface DrawnBars {
  readonly time: number[]
  readonly open: number[]
  readonly high: number[]
  readonly low: number[]
  readonly close: number[]
}

/** Merges the first `rows` bars into at most `buckets`: first open, highest high, lowest low, last close. */
export const mergeBars = (candles: Candles, rows: number, buckets: number): DrawnBars => {
  const bars: DrawnBars = { time: [], open: [], high: [], low: [], close: [] }
  let from = 0
  for (const to of bucketEnds(rows, buckets)) {
    let high = -Infinity
    let low = Infinity
    for (let row = from; row < to; row++) {
      high = Math.max(high, candles.high[row] as number)
      low = Math.min(low, candles.low[row] as number)
    }
    bars.time.push(candles.time[from] as number)
    bars.open.push(candles.open[from] as number)
    bars.high.push(high)
    bars.low.push(low)
    bars.close.push(candles.close[to - 1] as number)
    from = to
  }
  return bars
}
