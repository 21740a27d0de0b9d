import { type CandleRecord, TAPE_TIMEFRAME_MS } from '@botcriptofy/contracts/stream'
import { allocateCandles, barOpenAt, CANDLE_COLUMNS, resampleCandles } from '@botcriptofy/engine/market'
import type { BarPrices } from '@botcriptofy/engine/paper'

/** The figures of the tape as the engine computes with them. */
export const barOfTape = (candle: CandleRecord): BarPrices => ({
  time: candle.openTimeMs,
  open: Number(candle.open),
  high: Number(candle.high),
  low: Number(candle.low),
  close: Number(candle.close),
  volume: Number(candle.volume),
})

/**
 * The bar of `barMs` that opens at `openMs`, of the tape's one-minute candles; undefined while one of them is not there.
 * Made as stored series are made longer, so that a backtest of those has the same bar.
 */
export const buildBar = (
  minutes: ReadonlyMap<number, BarPrices>,
  openMs: number,
  barMs: number,
): BarPrices | undefined => {
  if (barMs === TAPE_TIMEFRAME_MS) return minutes.get(openMs)
  const parts = Array.from({ length: barMs / TAPE_TIMEFRAME_MS }, (_, at) =>
    minutes.get(openMs + at * TAPE_TIMEFRAME_MS),
  )
  const whole = parts.filter((part) => part !== undefined)
  if (whole.length < parts.length) return undefined
  const candles = allocateCandles(whole.length, { shared: false })
  for (const [row, part] of whole.entries()) {
    for (const column of CANDLE_COLUMNS) candles[column][row] = part[column]
  }
  const longer = resampleCandles(candles, { fromMs: TAPE_TIMEFRAME_MS, toMs: barMs })
  if (!longer.ok || longer.value.time[0] !== openMs) return undefined
  const [open, high, low] = [longer.value.open[0]!, longer.value.high[0]!, longer.value.low[0]!]
  return { time: openMs, open, high, low, close: longer.value.close[0]!, volume: longer.value.volume[0]! }
}

/** Open of the newest bar of `barMs` that has closed when this minute has; the bars may lack minutes. */
export const newestBarOpen = (minuteOpenMs: number, barMs: number): number => {
  const openMs = barOpenAt(minuteOpenMs, barMs)
  return minuteOpenMs + TAPE_TIMEFRAME_MS >= openMs + barMs ? openMs : openMs - barMs
}
