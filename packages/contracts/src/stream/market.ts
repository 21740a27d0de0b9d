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

/**
 * One item of `GET /v1/markets`. `lastPrice` is the venue's decimal string, `lastTimeMs` the venue's time of the last
 * trade, `ageMs` how long ago the streamer received it (our clock on both ends, so venue clock skew cannot show).
 */
export const market = z.object({
  venue: venueName,
  symbol: symbolName,
  lastPrice: decimalString,
  lastTimeMs: z.int().nonnegative(),
  ageMs: z.int().nonnegative(),
})
export type Market = z.infer<typeof market>
