import type { CandleRecord, InstrumentRecord, TickerRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import { instant, list, oneOf, optional, text, UnreadableFrame } from '../frame/index.ts'
import { integer, number } from './number-text.ts'
import { pairOf } from './pair.ts'
import { krakenProfile } from './profile.ts'

const { venue } = krakenProfile

export const SIDES = { buy: 'buy', sell: 'sell' } as const

export const timeOf = (row: unknown, name: string): number => {
  const timeMs = instant(row, name)
  if (timeMs === null) throw new UnreadableFrame(`${name}: expected a time after 1970, was before`)
  return timeMs
}

/** `side` is the taker's; ids count on by one within a pair. */
export const tradesOf = (rows: readonly unknown[]): readonly TradeRecord[] =>
  rows.map((row) => ({
    type: 'trade',
    venue,
    symbol: pairOf(row),
    exchangeTimeMs: timeOf(row, 'timestamp'),
    tradeId: String(integer(row, 'trade_id')),
    price: number(row, 'price'),
    amount: number(row, 'qty'),
    side: oneOf(row, 'side', SIDES),
  }))

/** A pair that never traded has zeros. */
export const tickersOf = (rows: readonly unknown[]): readonly TickerRecord[] =>
  rows.map((row) => ({
    type: 'ticker',
    venue,
    symbol: pairOf(row),
    exchangeTimeMs: optional(instant, row, 'timestamp'),
    last: optional(number, row, 'last'),
    bid: optional(number, row, 'bid'),
    bidAmount: optional(number, row, 'bid_qty'),
    ask: optional(number, row, 'ask'),
    askAmount: optional(number, row, 'ask_qty'),
    open: null,
    high: optional(number, row, 'high'),
    low: optional(number, row, 'low'),
    volume: optional(number, row, 'volume'),
    vwap: optional(number, row, 'vwap'),
  }))

/** By the minutes that the venue names an interval with. */
const TIMEFRAMES: Readonly<Record<string, string>> = {
  1: '1m',
  5: '5m',
  15: '15m',
  30: '30m',
  60: '1h',
  240: '4h',
  1440: '1d',
  10080: '1w',
  21600: '15d',
}

/** No flag tells a closed bar: those before the newest of their pair in the frame are. */
export const candlesOf = (message: unknown): readonly CandleRecord[] => {
  const frameTimeMs = optional(instant, message, 'timestamp')
  const bars = list(message, 'data').map((row) => ({
    row,
    symbol: pairOf(row),
    openTimeMs: timeOf(row, 'interval_begin'),
  }))
  return bars.map(({ row, symbol, openTimeMs }) => ({
    type: 'candle',
    venue,
    symbol,
    exchangeTimeMs: frameTimeMs ?? openTimeMs,
    timeframe: oneOf(row, 'interval', TIMEFRAMES),
    openTimeMs,
    open: number(row, 'open'),
    high: number(row, 'high'),
    low: number(row, 'low'),
    close: number(row, 'close'),
    volume: number(row, 'volume'),
    closed: bars.some((other) => other.symbol === symbol && other.openTimeMs > openTimeMs),
  }))
}

/** An update may be about currencies alone. */
export const instrumentsOf = (data: unknown): readonly InstrumentRecord[] =>
  (optional(list, data, 'pairs') ?? []).map((row) => ({
    type: 'instrument',
    venue,
    symbol: pairOf(row),
    exchangeTimeMs: null,
    status: text(row, 'status'),
    priceTick: optional(number, row, 'price_increment'),
    quantityStep: optional(number, row, 'qty_increment'),
    minQuantity: optional(number, row, 'qty_min'),
    minNotional: optional(number, row, 'cost_min'),
  }))
