import { z } from 'zod'
import { decimalString, symbolName, venueName } from './records.ts'

/**
 * Fields of the last-value hash as Redis returns them. `epoch` changes when the venue started its numbering or its
 * clock over: the tape was cleared, and a consumer forgets the ids it has seen.
 */
export const lastValue = z.object({
  price: decimalString,
  exchangeTimeMs: z.coerce.number().int().nonnegative(),
  receivedMs: z.coerce.number().int().nonnegative(),
  tradeId: z.string().min(1),
  epoch: z.coerce.number().int().nonnegative(),
})
export type LastValue = z.infer<typeof lastValue>

/** A connection that is up and says nothing about its market for so long makes it a quiet one. */
export const QUIET_AFTER_MS = 10_000
/** A streamer that has not written for so long is gone. */
export const STALE_AFTER_MS = 5_000
/** So long after trades went missing for good the market is shown with a gap. */
export const GAP_SHOWN_MS = 60_000

/** Where a venue's data come from: the venue itself, a simulator on loopback, or another address that was configured. */
export const marketSource = z.object({
  kind: z.enum(['venue', 'simulator', 'other']),
  host: z.string().min(1),
})
export type MarketSource = z.infer<typeof marketSource>

const count = z.coerce.number().int().nonnegative()
const optionalNumber = z.preprocess((value) => (value === '' ? null : value), z.coerce.number().nullable())

/** Fields of the health hash as Redis returns them; an empty text is null. Counts are since the market was followed. */
export const marketHealth = z.object({
  sourceKind: marketSource.shape.kind,
  sourceHost: marketSource.shape.host,
  /** `1` when the connection is up and the venue has confirmed the subscription. */
  subscribed: z.enum(['0', '1']).transform((text) => text === '1'),
  /** `1` from the loss of a proven book until it is proven again. */
  bookGap: z.enum(['0', '1']).transform((text) => text === '1'),
  writtenMs: count,
  /** When anything about the market was received last. */
  heardMs: optionalNumber,
  /** When trades went missing last. */
  missedMs: optionalNumber,
  /** Of the newest record that the venue stamped, receipt less stamp; null when their clocks have nothing in common. */
  lagMs: optionalNumber,
  messagesPerSecond: z.coerce.number().nonnegative(),
  gaps: count,
  missingTrades: count,
  resyncs: count,
  duplicates: count,
  checksumFailures: count,
})
export type MarketHealth = z.infer<typeof marketHealth>

/**
 * `live`: data come. `quiet`: the connection is up, and nothing was said about the market for ten seconds. `gap`: the book
 * is not proven, or trades went missing within the last minute. `stale`: not subscribed, or its streamer is gone.
 * `released`: nobody wants it.
 */
export const marketState = z.enum(['live', 'quiet', 'gap', 'stale', 'released'])
export type MarketState = z.infer<typeof marketState>

export const marketStateOf = (health: MarketHealth | undefined, nowMs: number): MarketState => {
  if (health === undefined) return 'released'
  if (nowMs - health.writtenMs > STALE_AFTER_MS || !health.subscribed) return 'stale'
  const isMissing = health.missedMs !== null && nowMs - health.missedMs < GAP_SHOWN_MS
  if (health.bookGap || isMissing) return 'gap'
  return health.heardMs === null || nowMs - health.heardMs > QUIET_AFTER_MS ? 'quiet' : 'live'
}

const whole = z.int().nonnegative().nullable()

/**
 * One item of `GET /v1/markets`. `lastPrice` is the venue's decimal string, `lastTimeMs` the venue's time of the last
 * trade, `ageMs` how long ago the streamer received it (our clock on both ends, so venue clock skew cannot show); all
 * three are null before the first trade. `heardAgeMs` is the age of the last message of any kind. What the streamer
 * counts is null while nobody follows the market.
 */
export const market = z.object({
  venue: venueName,
  symbol: symbolName,
  state: marketState,
  source: marketSource.nullable(),
  lastPrice: decimalString.nullable(),
  lastTimeMs: whole,
  ageMs: whole,
  heardAgeMs: whole,
  lagMs: z.number().nullable(),
  messagesPerSecond: z.number().nonnegative().nullable(),
  gaps: whole,
  missingTrades: whole,
  resyncs: whole,
  duplicates: whole,
  checksumFailures: whole,
})
export type Market = z.infer<typeof market>
