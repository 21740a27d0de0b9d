import { z } from 'zod'

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
export type KrakenRequest = z.infer<typeof request>

/** What a client asks; undefined where the venue calls it malformed. */
export const readRequest = (frame: string): KrakenRequest | undefined => {
  try {
    return request.safeParse(JSON.parse(frame)).data
  } catch {
    return undefined
  }
}
