import { z } from 'zod'
import { candleRecord, symbolName, tickerRecord, tradeRecord, venueName } from './records.ts'
import { bookGap, provenBook } from './tape.ts'

/** What can be read of a market's tape: trades, closed candles of `TAPE_TIMEFRAME`, tickers, proven books. */
export const TAPE_CHANNELS = ['trade', 'candle', 'ticker', 'book'] as const
export const tapeChannel = z.enum(TAPE_CHANNELS)
export type TapeChannel = z.infer<typeof tapeChannel>

/** The length of the candles on the tape. */
export const TAPE_TIMEFRAME = '1m'
export const TAPE_TIMEFRAME_MS = 60_000

const about = { venue: venueName, symbol: symbolName, channel: tapeChannel }
/** A trade's id, or the open of a candle in epoch ms, as text. */
const recordId = z.string().min(1)
const range = { fromId: recordId, toId: recordId }
const atMs = z.int().nonnegative()

/**
 * The first event of a channel, followed by the newest record there is. It comes again when the tape begins anew under
 * another epoch: ids that were seen before mean nothing any more. `epoch` is null before the first trade of a market.
 */
export const startEvent = z.strictObject({
  type: z.literal('start'),
  ...about,
  epoch: z.int().nonnegative().nullable(),
})

/** Trades or candles with ids [fromId, toId] are not on the tape, or were trimmed before they were read. */
export const missingEvent = z.strictObject({ type: z.literal('missing'), ...about, ...range })

/**
 * The consumer was too slow: of the ids [fromId, toId] it was not given `records`, which are all that the tape had of
 * them. What follows is the newest again.
 */
export const lagEvent = z.strictObject({
  type: z.literal('lag'),
  ...about,
  ...range,
  records: z.int().positive(),
})

/** Until `resumed` the tape cannot be read or is not written; `atMs` is the reader's time. */
export const interruptedEvent = z.strictObject({
  type: z.literal('interrupted'),
  ...about,
  reason: z.string(),
  atMs,
})
export const resumedEvent = z.strictObject({ type: z.literal('resumed'), ...about, atMs })

/** What a reader of the tape is told, in the order of each channel. */
export const tapeEvent = z.discriminatedUnion('type', [
  startEvent,
  tradeRecord,
  candleRecord,
  tickerRecord,
  provenBook,
  bookGap,
  missingEvent,
  lagEvent,
  interruptedEvent,
  resumedEvent,
])
export type TapeEvent = z.infer<typeof tapeEvent>
