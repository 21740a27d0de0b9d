import { type Candles, CSV_HEADER, generateCandles } from '@botcriptofy/engine/market'

export interface CandleSet {
  readonly name: { readonly venue: string; readonly symbol: string; readonly timeframe: string }
  readonly candles: Candles
  readonly csv: string
}

export const HOUR_MS = 3_600_000

/** As the API imports it. */
export const csvOf = ({ time, open, high, low, close, volume }: Candles): string => {
  const rows = Array.from(time, (timestamp, bar) =>
    [timestamp, open[bar], high[bar], low[bar], close[bar], volume[bar]].join(','),
  )
  return `${CSV_HEADER}\n${rows.join('\n')}\n`
}

/** A series of simulated hours for one tenant, small enough that a chunk takes a fraction of a second. */
export const candleSet = (seed: number, bars: number): CandleSet => {
  const candles = generateCandles({
    seed,
    bars,
    startMs: Date.UTC(2024, 0, 1),
    timeframeMs: HOUR_MS,
    startPrice: 20_000,
  })
  return {
    name: { venue: 'simulator', symbol: `LAB${seed}/USDT`, timeframe: '1h' },
    candles,
    csv: csvOf(candles),
  }
}
