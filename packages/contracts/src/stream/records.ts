import { z } from 'zod'

/** A price or an amount exactly as the venue printed it, so that no digit is lost on the way. */
export const decimalString = z.string().regex(/^\d+(\.\d+)?$/, 'expected a plain decimal such as 0.00100000')
export const venueName = z.string().regex(/^[a-z][a-z0-9]*$/, 'expected a lower-case name such as binance')
/** `BASE/QUOTE`, perpetuals `BASE/QUOTE:SETTLE`. */
export const symbolName = z
  .string()
  .regex(/^[^\s:/{}]+\/[^\s:/{}]+(:[^\s:/{}]+)?$/, 'expected BASE/QUOTE such as BTC/USDT')

const timeMs = z.int().nonnegative()
const origin = { venue: venueName, symbol: symbolName, exchangeTimeMs: timeMs }

/** `side` is the taker's; `exchangeTimeMs` is the moment of the trade, not of its frame. */
export const tradeRecord = z.strictObject({
  type: z.literal('trade'),
  ...origin,
  tradeId: z.string().min(1),
  price: decimalString,
  amount: decimalString,
  side: z.enum(['buy', 'sell']),
})
export type TradeRecord = z.infer<typeof tradeRecord>

/** One bar stamped by its open; `closed` when no further trade can change it. `volume` is in base units. */
export const candleRecord = z.strictObject({
  type: z.literal('candle'),
  ...origin,
  timeframe: z.string().min(1),
  openTimeMs: timeMs,
  open: decimalString,
  high: decimalString,
  low: decimalString,
  close: decimalString,
  volume: decimalString,
  closed: z.boolean(),
})
export type CandleRecord = z.infer<typeof candleRecord>

/** The venue announces something about itself rather than about a market. */
export const statusRecord = z.strictObject({
  type: z.literal('status'),
  venue: venueName,
  status: z.enum(['shutting_down']),
  exchangeTimeMs: timeMs.nullable(),
})
export type StatusRecord = z.infer<typeof statusRecord>

/** The venue's answer to a request of ours; `streams` when it lists what the connection is subscribed to. */
export const ackRecord = z.strictObject({
  type: z.literal('ack'),
  venue: venueName,
  requestId: z.union([z.string(), z.int()]),
  streams: z.array(z.string()).nullable(),
})
export type AckRecord = z.infer<typeof ackRecord>

/** A refusal by the venue (`code` and `requestId` are its own), or a frame that could not be understood. */
export const errorRecord = z.strictObject({
  type: z.literal('error'),
  venue: venueName,
  reason: z.string(),
  code: z.int().nullable(),
  requestId: z.union([z.string(), z.int()]).nullable(),
})
export type ErrorRecord = z.infer<typeof errorRecord>

export const streamRecord = z.discriminatedUnion('type', [
  tradeRecord,
  candleRecord,
  statusRecord,
  ackRecord,
  errorRecord,
])
export type StreamRecord = z.infer<typeof streamRecord>
