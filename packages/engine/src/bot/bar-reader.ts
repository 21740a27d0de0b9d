import { type Candles, firstBarAt } from '../market/index.ts'
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

const childrenOf = (detail: Candles, fromMs: number, toMs: number): readonly BarPrices[] => {
  const children: BarPrices[] = []
  for (let row = firstBarAt(detail.time, fromMs); row < detail.time.length; row++) {
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
