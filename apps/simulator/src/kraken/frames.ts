import { bookChecksum } from '@botcriptofy/venues/kraken'
import { type BookMove, changesOf, type SimulatedBook, type SimulatedLevel } from '../market/book.ts'
import type { DayFigures } from '../market/day.ts'
import type { Kline } from '../market/kline.ts'
import { pairOf, type SimulatedMarket } from '../market/market.ts'
import type { NumberedTrade } from '../market/trades.ts'
import { WIRE_DECIMALS } from '../market/units.ts'
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

export const bookSnapshot = (market: SimulatedMarket, book: SimulatedBook, depth: number): string => {
  const [bids, asks] = [book.bids.slice(0, depth), book.asks.slice(0, depth)]
  return bookFrame(market, { ...book, bids, asks, checksum: checksumOf(market, book) }, 'snapshot')
}

/** The best level of each side and no checksum, as the venue has sent it for a moment. */
export const thinSnapshot = (market: SimulatedMarket, { bids, asks, timeMs }: SimulatedBook): string =>
  bookFrame(market, { bids: bids.slice(0, 1), asks: asks.slice(0, 1), timeMs }, 'snapshot')

/** Undefined where nothing changed within the depth. */
export const bookUpdate = (market: SimulatedMarket, { before, after }: BookMove, depth: number) => {
  const bids = changesOf(before.bids, after.bids, depth)
  const asks = changesOf(before.asks, after.asks, depth)
  if (bids.length + asks.length === 0) return undefined
  return bookFrame(market, { ...after, bids, asks, checksum: checksumOf(market, after) }, 'update')
}

const bookFrame = (
  market: SimulatedMarket,
  { bids, asks, timeMs, checksum }: Omit<SimulatedBook, 'version'> & { readonly checksum?: number },
  type: FrameType,
): string => {
  const { price, qty } = wireNumbers(market)
  const rows = (levels: readonly SimulatedLevel[]) =>
    levels.map((level) => `{"price":${price(level.price)},"qty":${qty(level.amount)}}`).join(',')
  const sides = `"bids":[${rows(bids)}],"asks":[${rows(asks)}]`
  const proof = checksum === undefined ? '' : `"checksum":${checksum},`
  return frame('book', type, [
    `{"symbol":"${pairOf(market)}",${sides},${proof}"timestamp":"${wireTime(timeMs)}"}`,
  ])
}

const checksumOf = (market: SimulatedMarket, book: SimulatedBook): number => {
  const { price, qty } = wireNumbers(market)
  const texts = (levels: readonly SimulatedLevel[]) =>
    levels.slice(0, 10).map((level): [string, string] => [price(level.price), qty(level.amount)])
  const sides = { bids: texts(book.bids), asks: texts(book.asks) }
  return bookChecksum(sides, { price: market.series.priceDecimals, amount: WIRE_DECIMALS }) ?? 0
}

export const tickerFrame = (market: SimulatedMarket, day: DayFigures): string => {
  const { price, qty } = wireNumbers(market)
  const [bid, ask] = [day.book.bids[0], day.book.asks[0]]
  const change = (day.last - day.open) / 10 ** market.series.priceDecimals
  const vwap = day.volume === 0 ? day.last : Math.round(day.quoteVolume / day.volume)
  return frame('ticker', 'update', [
    `{"symbol":"${pairOf(market)}","bid":${price(bid?.price ?? 0)},"bid_qty":${qty(bid?.amount ?? 0)},` +
      `"ask":${price(ask?.price ?? 0)},"ask_qty":${qty(ask?.amount ?? 0)},"last":${price(day.last)},` +
      `"volume":${qty(day.volume)},"vwap":${price(vwap)},"low":${price(day.low)},"high":${price(day.high)},` +
      `"change":${change},"change_pct":${day.open === 0 ? 0 : ((day.last / day.open - 1) * 100).toFixed(2)},` +
      `"timestamp":"${wireTime(day.timeMs)}"}`,
  ])
}

/** In price steps. */
export const vwapOf = (kline: Kline): number =>
  kline.volume === 0 ? kline.close : Math.round(kline.quoteVolume / kline.volume)

export const statusFrame = (connectionId: number, system: 'online' | 'maintenance'): string =>
  frame('status', 'update', [
    `{"version":"2.0.10","system":"${system}","api_version":"v2","connection_id":${connectionId}}`,
  ])

export const HEARTBEAT = '{"channel":"heartbeat"}'

/** To who asks too much; it does not say which of the requests is not answered. */
export const OVER_RATE = '{"Error":"Exceeded msg rate"}'
