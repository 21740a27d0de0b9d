import { z } from 'zod'
import type { MarketName } from './keys.ts'
import {
  bookRecord,
  type CandleRecord,
  candleRecord,
  symbolName,
  type TickerRecord,
  tickerRecord,
  type TradeRecord,
  venueName,
} from './records.ts'

/** Entries carry one field of this name, which holds all events of one tick. */
export const TAPE_FIELD = 'd'
/** Beside it the epoch of the tape: an entry of another one does not continue what was read. */
export const EPOCH_FIELD = 'e'

/** Of a trade: id, time, price, amount, side. */
const TRADE = /^([^,;]+),(\d{1,16}),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),([bs])$/

/**
 * `tradeId,exchangeTimeMs,price,amount,b|s`, ascending, a semicolon between two: the market itself is in the key. Of the
 * ways that were measured the quickest to read and next to the smallest (docs/benchmarks.md#tape-encoding).
 */
export const encodeTrades = (trades: readonly TradeRecord[]): string =>
  trades
    .map(
      ({ tradeId, exchangeTimeMs, price, amount, side }) =>
        `${tradeId},${exchangeTimeMs},${price},${amount},${side === 'buy' ? 'b' : 's'}`,
    )
    .join(';')

/** Throws a RangeError when the entry is not one of `encodeTrades`. */
export const decodeTrades = ({ venue, symbol }: MarketName, text: string): readonly TradeRecord[] =>
  text.split(';').map((trade) => {
    const [, tradeId, time, price, amount, side] = TRADE.exec(trade) ?? []
    if (!tradeId || !price || !amount)
      throw new RangeError(`trade of ${symbol}: expected id,time,price,amount,b|s, was ${trade}`)
    return {
      type: 'trade',
      venue,
      symbol,
      exchangeTimeMs: Number(time),
      tradeId,
      price,
      amount,
      side: side === 'b' ? 'buy' : 'sell',
    }
  })

export const encodeCandle = (candle: CandleRecord): string => JSON.stringify(candle)
/** Throws a ZodError when the entry is not one of `encodeCandle`. */
export const decodeCandle = (text: string): CandleRecord => candleRecord.parse(JSON.parse(text))

export const encodeTicker = (ticker: TickerRecord): string => JSON.stringify(ticker)
/** Throws a ZodError when the entry is not one of `encodeTicker`. */
export const decodeTicker = (text: string): TickerRecord => tickerRecord.parse(JSON.parse(text))

/** Between `gap_open` and `gap_closed` nobody knows the book; `atMs` is the streamer's time. */
export const bookGap = z.strictObject({
  type: z.enum(['gap_open', 'gap_closed']),
  venue: venueName,
  symbol: symbolName,
  reason: z.string(),
  atMs: z.int().nonnegative(),
})
export type BookGap = z.infer<typeof bookGap>

/**
 * A whole book, the best levels of each side, proven by its venue's rule; `lastUpdateId` where the venue numbers the
 * market's updates.
 */
export const provenBook = bookRecord.extend({ type: z.literal('book_snapshot') })
export type ProvenBook = z.infer<typeof provenBook>

/** What the book tape tells of a market. */
export const bookEvent = z.discriminatedUnion('type', [provenBook, bookGap])
export type BookEvent = z.infer<typeof bookEvent>
const bookEvents = z.array(bookEvent).min(1)

/** Entries of one tick, in order. */
export const encodeBookEvents = (events: readonly BookEvent[]): string => JSON.stringify(events)
/** Throws a ZodError when the entry is not one of `encodeBookEvents`. */
export const decodeBookEvents = (text: string): readonly BookEvent[] => bookEvents.parse(JSON.parse(text))

/** Trade ids [fromId, toId] that never arrived on the live connection. */
export const tapeGap = z.strictObject({
  fromId: z.string().min(1),
  toId: z.string().min(1),
  detectedMs: z.int().nonnegative(),
})
export type TapeGap = z.infer<typeof tapeGap>
