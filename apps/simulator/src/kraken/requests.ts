import { z } from 'zod'
import { type PrivateRequest, privateRequest } from './private-streams.ts'

/** Minutes of a bar; the venue has no others. */
const INTERVALS: readonly number[] = [1, 5, 15, 30, 60, 240, 1440, 10_080, 21_600]
export const isInterval = (minutes: number): boolean => INTERVALS.includes(minutes)

/** Levels of a side that a book can be asked for. */
export const DEPTHS: readonly number[] = [10, 25, 100, 500, 1000]

const reqId = z.int().nonnegative().optional()
const subscription = z.object({
  method: z.enum(['subscribe', 'unsubscribe']),
  params: z.object({
    channel: z.enum(['trade', 'ohlc', 'ticker', 'book']),
    symbol: z.array(z.string()).min(1),
    depth: z.int().default(10),
    interval: z.int().positive().default(1),
    snapshot: z.boolean().default(true),
  }),
  req_id: reqId,
})
const request = z.discriminatedUnion('method', [
  subscription.extend({ method: z.literal('subscribe') }),
  subscription.extend({ method: z.literal('unsubscribe') }),
  z.object({ method: z.literal('ping'), req_id: reqId }),
])
export type PublicRequest = z.infer<typeof request>
export type KrakenRequest = PublicRequest | PrivateRequest

export const isPrivate = (asked: KrakenRequest): asked is PrivateRequest =>
  asked.method !== 'ping' && 'token' in asked.params

/** What a client asks; undefined where the venue calls it malformed. */
export const readRequest = (frame: string): KrakenRequest | undefined => {
  try {
    const message: unknown = JSON.parse(frame)
    return privateRequest.safeParse(message).data ?? request.safeParse(message).data
  } catch {
    return undefined
  }
}
