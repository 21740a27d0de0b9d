import { z } from 'zod'
import { market } from './market.ts'
import { symbolName, venueName } from './records.ts'
import { tapeChannel, tapeEvent } from './tape-events.ts'

/** Markets that one message may name. */
export const MOST_PER_MESSAGE = 200

const named = z.strictObject({
  venue: venueName,
  symbol: symbolName,
  channels: z.array(tapeChannel).min(1),
})
const list = z.array(named).min(1).max(MOST_PER_MESSAGE)

/**
 * What a client of `GET /v1/markets/stream` may say: which channels of which markets it wants (and no longer wants), and
 * whether it wants the state of all markets every second.
 */
export const marketRequest = z
  .strictObject({
    subscribe: list.optional(),
    unsubscribe: list.optional(),
    states: z.boolean().optional(),
  })
  .refine((request) => Object.keys(request).length > 0, { error: 'subscribe, unsubscribe or states' })
export type MarketRequest = z.infer<typeof marketRequest>

/** The state of every market, as `GET /v1/markets` tells it. */
const statesMessage = z.strictObject({ type: z.literal('states'), items: z.array(market) })
/** After each request that was taken: all that this connection has now. */
const subscribedMessage = z.strictObject({
  type: z.literal('subscribed'),
  items: z.array(named),
  states: z.boolean(),
})
/** A request that was not taken; nothing of it holds. */
const refusedMessage = z.strictObject({ type: z.literal('refused'), reason: z.string() })

/** What the server says, each in a frame of its own as JSON: the events of the tape, and answers. */
export const marketMessage = z.union([tapeEvent, statesMessage, subscribedMessage, refusedMessage])
export type MarketMessage = z.infer<typeof marketMessage>
