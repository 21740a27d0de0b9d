import type { Candles } from '../market/index.ts'
import type { BarPrices, PaperBar } from '../paper/index.ts'

export interface BarSeries {
  readonly candles: Candles
  /** Bars that are used, from the first. */
  readonly bars: number
  /** The length of a bar; Infinity where there is one only. */
  readonly barMs: number
  /** Finer candles that the bars are made of. */
  readonly detail?: Candles | undefined
}

/** The first row of [from, length) that opens at `timeMs` or later. */
const firstFrom = (time: Float64Array, from: number, timeMs: number): number => {
  let low = from
  let high = time.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle]! < timeMs) low = middle + 1
    else high = middle
  }
  return low
}

const childrenOf = (detail: Candles, fromMs: number, toMs: number): readonly BarPrices[] => {
  const children: BarPrices[] = []
  for (let row = firstFrom(detail.time, 0, fromMs); row < detail.time.length; row++) {
    if (detail.time[row]! >= toMs) break
    children.push({
      time: detail.time[row]!,
      open: detail.open[row]!,
      high: detail.high[row]!,
      low: detail.low[row]!,
      close: detail.close[row]!,
      volume: detail.volume[row]!,
    })
  }
  return children
}

/** Bars as the paper venue takes them; with detail candles those that open within a bar are its children. */
export const createBarReader = ({
  candles,
  bars,
  barMs,
  detail,
}: BarSeries): ((index: number) => PaperBar) => {
  return (index) => {
    const openMs = candles.time[index]!
    return {
      time: openMs,
      open: candles.open[index]!,
      high: candles.high[index]!,
      low: candles.low[index]!,
      close: candles.close[index]!,
      volume: candles.volume[index]!,
      index,
      isLast: index === bars - 1,
      children: detail === undefined ? undefined : childrenOf(detail, openMs, openMs + barMs),
    }
  }
}
