import type { Kline } from '../market/kline.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import { wireNumbers, wireTime } from './numbers.ts'

/** Frames of WebSocket v2 (docs.kraken.com). */
export type FrameType = 'snapshot' | 'update'

const frame = (channel: string, type: FrameType, rows: readonly string[]): string =>
  `{"channel":"${channel}","type":"${type}","data":[${rows.join(',')}]}`

export const tradeFrame = (
  market: SimulatedMarket,
  trades: readonly NumberedTrade[],
  type: FrameType,
): string => {
  const { price, qty } = wireNumbers(market)
  const rows = trades.map(
    (trade) =>
      `{"symbol":"${pairOf(market)}","side":"${trade.takerSells ? 'sell' : 'buy'}","price":${price(trade.price)},` +
      `"qty":${qty(trade.amount)},"ord_type":"limit","trade_id":${trade.id},"timestamp":"${wireTime(trade.timeMs)}"}`,
  )
  return frame('trade', type, rows)
}

export interface Bars {
  readonly minutes: number
  readonly klines: readonly Kline[]
}

export const ohlcFrame = (market: SimulatedMarket, { minutes, klines }: Bars, type: FrameType): string => {
  const { price, qty } = wireNumbers(market)
  const rows = klines.map(
    (kline) =>
      `{"symbol":"${pairOf(market)}","open":${price(kline.open)},"high":${price(kline.high)},"low":${price(kline.low)},` +
      `"close":${price(kline.close)},"trades":${kline.trades},"volume":${qty(kline.volume)},` +
      `"vwap":${price(vwapOf(kline))},"interval_begin":"${wireTime(kline.openMs)}","interval":${minutes},` +
      `"timestamp":"${wireTime(kline.endMs)}"}`,
  )
  return frame('ohlc', type, rows)
}

/** In price steps. */
export const vwapOf = (kline: Kline): number =>
  kline.volume === 0 ? kline.close : Math.round(kline.quoteVolume / kline.volume)

export const statusFrame = (connectionId: number): string =>
  frame('status', 'update', [
    `{"version":"2.0.10","system":"online","api_version":"v2","connection_id":${connectionId}}`,
  ])

export const HEARTBEAT = '{"channel":"heartbeat"}'
