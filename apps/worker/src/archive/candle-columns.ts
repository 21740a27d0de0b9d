import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { allocateCandles, type Candles } from '@botcriptofy/engine/market'

/** Ascending records as columns. */
export const columnsOf = (records: readonly CandleRecord[]): Candles => {
  const candles = allocateCandles(records.length, { shared: false })
  records.forEach(({ openTimeMs, open, high, low, close, volume }, at) => {
    candles.time[at] = openTimeMs
    candles.open[at] = Number(open)
    candles.high[at] = Number(high)
    candles.low[at] = Number(low)
    candles.close[at] = Number(close)
    candles.volume[at] = Number(volume)
  })
  return candles
}
