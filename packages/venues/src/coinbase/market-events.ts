import type {
  BookLevel,
  BookRecord,
  CandleRecord,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import { decimal, instant, list, oneOf, optional, text, UnreadableFrame } from '../frame/index.ts'
import type { Envelope } from './envelope.ts'
import { symbolOf } from './product-id.ts'
import { coinbaseProfile } from './profile.ts'

const { venue } = coinbaseProfile

/** The field is the side of the maker, whom the documents do not name: the taker's is the other one. */
const TAKER_SIDES = { BUY: 'sell', SELL: 'buy' } as const

/** The newest trade is first in a frame, so it is turned round. */
export const tradesOf = (event: unknown, { timeMs }: Envelope): readonly TradeRecord[] =>
  list(event, 'trades')
    .map((row): TradeRecord => ({
      type: 'trade',
      venue,
      symbol: symbolOf(row, 'product_id'),
      // Some rows say year 1; the frame's own time is then the nearest there is.
      exchangeTimeMs: instant(row, 'time') ?? timeMs ?? 0,
      tradeId: text(row, 'trade_id'),
      price: decimal(row, 'price'),
      amount: decimal(row, 'size'),
      side: oneOf(row, 'side', TAKER_SIDES),
    }))
    .toReversed()

const BOOK_TYPES = { snapshot: 'book_snapshot', update: 'book_update' } as const
const BOOK_SIDES = { bid: 'bids', offer: 'asks', ask: 'asks' } as const

/** Absolute quantities. The number of the frame counts the connection's frames, so it cannot tell which book lost one. */
export const levelsOf = (event: unknown, { timeMs, sequence }: Envelope): readonly BookRecord[] => {
  const levels: { readonly bids: BookLevel[]; readonly asks: BookLevel[] } = { bids: [], asks: [] }
  for (const row of list(event, 'updates')) {
    levels[oneOf(row, 'side', BOOK_SIDES)].push([decimal(row, 'price_level'), decimal(row, 'new_quantity')])
  }
  const type = oneOf(event, 'type', BOOK_TYPES)
  const symbol = symbolOf(event, 'product_id')
  const ids = { firstUpdateId: sequence, lastUpdateId: sequence }
  return [{ type, venue, symbol, exchangeTimeMs: timeMs, ...levels, ...ids }]
}

export const tickersOf = (event: unknown, { timeMs }: Envelope): readonly TickerRecord[] =>
  list(event, 'tickers').map((row) => ({
    type: 'ticker',
    venue,
    symbol: symbolOf(row, 'product_id'),
    exchangeTimeMs: timeMs,
    last: optional(decimal, row, 'price'),
    bid: optional(decimal, row, 'best_bid'),
    bidAmount: optional(decimal, row, 'best_bid_quantity'),
    ask: optional(decimal, row, 'best_ask'),
    askAmount: optional(decimal, row, 'best_ask_quantity'),
    open: null,
    high: optional(decimal, row, 'high_24_h'),
    low: optional(decimal, row, 'low_24_h'),
    volume: optional(decimal, row, 'volume_24_h'),
    vwap: null,
  }))

const EPOCH_SECONDS = /^\d{1,11}$/

/** Bars of five minutes. No flag tells a closed one: those before the newest of their market are. */
export const candlesOf = (event: unknown, { timeMs }: Envelope): readonly CandleRecord[] => {
  const bars = list(event, 'candles').map((row) => ({
    row,
    symbol: symbolOf(row, 'product_id'),
    openTimeMs: startMs(row),
  }))
  const newest = new Map<string, number>()
  for (const { symbol, openTimeMs } of bars) {
    newest.set(symbol, Math.max(newest.get(symbol) ?? 0, openTimeMs))
  }
  return bars
    .toSorted((a, b) => a.openTimeMs - b.openTimeMs)
    .map(({ row, symbol, openTimeMs }) => ({
      type: 'candle',
      venue,
      symbol,
      exchangeTimeMs: timeMs ?? openTimeMs,
      timeframe: '5m',
      openTimeMs,
      open: decimal(row, 'open'),
      high: decimal(row, 'high'),
      low: decimal(row, 'low'),
      close: decimal(row, 'close'),
      volume: decimal(row, 'volume'),
      closed: openTimeMs < (newest.get(symbol) ?? 0),
    }))
}

const startMs = (row: unknown): number => {
  const start = text(row, 'start')
  if (!EPOCH_SECONDS.test(start)) throw new UnreadableFrame(`start: expected epoch seconds, was ${start}`)
  return Number(start) * 1000
}
