import { z } from 'zod'

/** A price or an amount exactly as the venue printed it, so that no digit is lost on the way. */
export const decimalString = z.string().regex(/^\d+(\.\d+)?$/, 'expected a plain decimal such as 0.00100000')
export const signedDecimalString = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'expected a plain decimal such as -0.00100000')
export const venueName = z.string().regex(/^[a-z][a-z0-9]*$/, 'expected a lower-case name such as binance')
/** `BASE/QUOTE`, perpetuals `BASE/QUOTE:SETTLE`. */
export const symbolName = z
  .string()
  .regex(/^[^\s:/{}]+\/[^\s:/{}]+(:[^\s:/{}]+)?$/, 'expected BASE/QUOTE such as BTC/USDT')

const timeMs = z.int().nonnegative()
const origin = { venue: venueName, symbol: symbolName, exchangeTimeMs: timeMs }
/** Of what is not about one market, or where the venue says no time. */
const looseOrigin = { venue: venueName, symbol: symbolName.nullable(), exchangeTimeMs: timeMs.nullable() }
const side = z.enum(['buy', 'sell'])
const optionalDecimal = decimalString.nullable()

/** `side` is the taker's; `exchangeTimeMs` is the moment of the trade, not of its frame. */
export const tradeRecord = z.strictObject({
  type: z.literal('trade'),
  ...origin,
  tradeId: z.string().min(1),
  price: decimalString,
  amount: decimalString,
  side,
})
export type TradeRecord = z.infer<typeof tradeRecord>

/** The touch and the last 24 hours, as far as the venue's frame says them; `volume` is in base units. */
export const tickerRecord = z.strictObject({
  type: z.literal('ticker'),
  ...origin,
  exchangeTimeMs: timeMs.nullable(),
  last: optionalDecimal,
  bid: optionalDecimal,
  bidAmount: optionalDecimal,
  ask: optionalDecimal,
  askAmount: optionalDecimal,
  open: optionalDecimal,
  high: optionalDecimal,
  low: optionalDecimal,
  volume: optionalDecimal,
  vwap: optionalDecimal,
})
export type TickerRecord = z.infer<typeof tickerRecord>

/**
 * One bar stamped by its open; `closed` when no further trade can change it. `volume` is in base units. `carried` where
 * nothing was traded and the venue has no bar: the last price goes on.
 */
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
  carried: z.literal(true).optional(),
})
export type CandleRecord = z.infer<typeof candleRecord>

/** Price and absolute amount; amount 0 removes the level. */
export const bookLevel = z.tuple([decimalString, decimalString])
export type BookLevel = z.infer<typeof bookLevel>

/**
 * A whole book or what changed in it. The ids are the venue's numbering, null where it has none. `checksumOk` is there
 * only where the venue sends a checksum: null when there was nothing to check it against.
 */
export const bookRecord = z.strictObject({
  type: z.enum(['book_snapshot', 'book_update']),
  ...looseOrigin,
  bids: z.array(bookLevel),
  asks: z.array(bookLevel),
  firstUpdateId: z.int().nonnegative().nullable(),
  lastUpdateId: z.int().nonnegative().nullable(),
  checksumOk: z.boolean().nullable().optional(),
})
export type BookRecord = z.infer<typeof bookRecord>

/** The state of an own order; null is what the venue's frame leaves out. */
export const orderRecord = z.strictObject({
  type: z.literal('order'),
  ...looseOrigin,
  orderId: z.string().min(1),
  clientOrderId: z.string().min(1).nullable(),
  status: z
    .enum(['pending', 'open', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'])
    .nullable(),
  side: side.nullable(),
  orderType: z.string().min(1).nullable(),
  price: optionalDecimal,
  amount: optionalDecimal,
  filledAmount: optionalDecimal,
  averagePrice: optionalDecimal,
  reason: z.string().min(1).nullable(),
})
export type OrderRecord = z.infer<typeof orderRecord>

/** One execution of an own order; a fee below 0 is a rebate. */
export const fillRecord = z.strictObject({
  type: z.literal('fill'),
  ...looseOrigin,
  tradeId: z.string().min(1),
  orderId: z.string().min(1),
  clientOrderId: z.string().min(1).nullable(),
  side: side.nullable(),
  price: decimalString,
  amount: decimalString,
  fees: z.array(z.strictObject({ currency: z.string().min(1), amount: signedDecimalString })),
  isMaker: z.boolean().nullable(),
})
export type FillRecord = z.infer<typeof fillRecord>

/** What an account holds of one currency; `change` where the venue says what moved it. */
export const balanceRecord = z.strictObject({
  type: z.literal('balance'),
  ...looseOrigin,
  currency: z.string().min(1),
  free: signedDecimalString.nullable(),
  locked: signedDecimalString.nullable(),
  total: signedDecimalString.nullable(),
  change: signedDecimalString.nullable(),
})
export type BalanceRecord = z.infer<typeof balanceRecord>

/** The rules of one market as the venue's stream says them. */
export const instrumentRecord = z.strictObject({
  type: z.literal('instrument'),
  ...origin,
  exchangeTimeMs: timeMs.nullable(),
  status: z.string().min(1),
  priceTick: optionalDecimal,
  quantityStep: optionalDecimal,
  minQuantity: optionalDecimal,
  minNotional: optionalDecimal,
})
export type InstrumentRecord = z.infer<typeof instrumentRecord>

/** The venue announces something about itself rather than about a market. */
export const statusRecord = z.strictObject({
  type: z.literal('status'),
  ...looseOrigin,
  status: z.enum([
    'online',
    'maintenance',
    'cancel_only',
    'post_only',
    'limit_only',
    'shutting_down',
    'stream_ended',
  ]),
})
export type StatusRecord = z.infer<typeof statusRecord>

/** The venue's answer to a request of ours; `streams` when it lists what the connection is subscribed to. */
export const ackRecord = z.strictObject({
  type: z.literal('ack'),
  ...looseOrigin,
  requestId: z.union([z.string(), z.int()]).nullable(),
  streams: z.array(z.string()).nullable(),
})
export type AckRecord = z.infer<typeof ackRecord>

/** A refusal by the venue (`code` and `requestId` are its own), or a frame that could not be understood. */
export const errorRecord = z.strictObject({
  type: z.literal('error'),
  ...looseOrigin,
  reason: z.string(),
  code: z.int().nullable(),
  requestId: z.union([z.string(), z.int()]).nullable(),
})
export type ErrorRecord = z.infer<typeof errorRecord>

/** The connection lives; nothing else is said. */
export const heartbeatRecord = z.strictObject({ type: z.literal('heartbeat'), ...looseOrigin })
export type HeartbeatRecord = z.infer<typeof heartbeatRecord>

export const streamRecord = z.discriminatedUnion('type', [
  tradeRecord,
  tickerRecord,
  candleRecord,
  bookRecord,
  orderRecord,
  fillRecord,
  balanceRecord,
  instrumentRecord,
  statusRecord,
  ackRecord,
  errorRecord,
  heartbeatRecord,
])
export type StreamRecord = z.infer<typeof streamRecord>
