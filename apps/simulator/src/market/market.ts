import { parseTimeframe } from '@botcriptofy/engine/market'
import type { SimulatedClock } from './clock.ts'
import { lastTradeAt } from './history.ts'
import type { Series } from './series.ts'

/** One market of the simulated exchange. */
export interface SimulatedMarket {
  readonly base: string
  readonly quote: string
  /** `BTCUSDT`. */
  readonly native: string
  readonly series: Series
  readonly clock: SimulatedClock
  /** The klines that can be made from the series, by their names on the wire. */
  readonly intervals: ReadonlyMap<string, number>
}

/** `BTC/USDT`. */
export const pairOf = ({ base, quote }: SimulatedMarket): string => `${base}/${quote}`

const BINANCE_INTERVALS = '1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w'.split(' ')

export interface SimulatedMarketOptions {
  /** `BASE/QUOTE`. */
  readonly symbol: string
  readonly series: Series
  readonly clock: SimulatedClock
}

export const createSimulatedMarket = ({ symbol, series, clock }: SimulatedMarketOptions): SimulatedMarket => {
  const [base = '', quote = ''] = symbol.split('/')
  const lengths = BINANCE_INTERVALS.flatMap((name): readonly (readonly [string, number])[] => {
    const length = parseTimeframe(name, '')
    return length.ok && length.value % series.timeframeMs === 0 ? [[name, length.value]] : []
  })
  return { base, quote, native: `${base}${quote}`, series, clock, intervals: new Map(lengths) }
}

/** In price steps; undefined before the first trade. */
export const lastPrice = ({ series, clock }: SimulatedMarket): number | undefined =>
  lastTradeAt(series, clock.nowMs())?.price
