import { z } from 'zod'

/** Frames that a client is sent: lost, twice, after the one behind it, with a wrong checksum, without its end. */
const FRAME_FAULTS = ['drop', 'duplicate', 'reorder', 'corrupt', 'cut'] as const
/**
 * Subscriptions: `silence` ends one that works, until the client subscribes again; `silentAck` accepts the next ones and sends
 * nothing; `lostRequest` does not answer; the snapshots come twice, with a level a side and no checksum, or as 5 MB.
 */
const SUBSCRIPTION_FAULTS = [
  'silence',
  'silentAck',
  'lostRequest',
  'snapshotTwice',
  'thinSnapshot',
  'hugeSnapshot',
] as const
/**
 * Connections: closed without a word; at an age as the 24-hour limit does it; announced and closed; no longer read nor
 * written, but open; pings not answered or sent for a while.
 */
const CONNECTION_FAULTS = ['close', 'dayCut', 'shutdown', 'halfOpen', 'slowPings'] as const
/** Requests over HTTP that are not obeyed. */
const REFUSALS = ['rateLimit', 'ban', 'unavailable', 'badGateway', 'htmlPage', 'hang', 'reset'] as const
/** Requests over HTTP that are obeyed, and of whose outcome the client hears nothing certain. */
const LOST_ANSWERS = ['hangAfter', 'resetAfter', 'cutBody', 'timeout'] as const
/** The whole exchange. */
const VENUE_FAULTS = ['clockSkew', 'maintenance'] as const

export const SOCKET_FAULTS = [...FRAME_FAULTS, ...SUBSCRIPTION_FAULTS, ...CONNECTION_FAULTS] as const
export const REQUEST_FAULTS = [...REFUSALS, ...LOST_ANSWERS] as const
export const FAULTS = [...SOCKET_FAULTS, ...REQUEST_FAULTS, ...VENUE_FAULTS] as const
export type Fault = (typeof FAULTS)[number]

export const VENUES = ['binance', 'coinbase', 'kraken'] as const
export type SimulatedVenue = (typeof VENUES)[number]

/** What only one exchange does. */
const ONLY_AT: Partial<Record<Fault, SimulatedVenue>> = {
  corrupt: 'kraken',
  thinSnapshot: 'kraken',
  hugeSnapshot: 'coinbase',
  shutdown: 'binance',
  ban: 'binance',
  timeout: 'binance',
}
export const isFaultOf = (venue: SimulatedVenue, fault: Fault): boolean => (ONLY_AT[fault] ?? venue) === venue

const isOneOf =
  <T extends Fault>(faults: readonly T[]) =>
  (fault: Fault): fault is T =>
    faults.some((one) => one === fault)
export const isSocketFault = isOneOf(SOCKET_FAULTS)
export const isRequestFault = isOneOf(REQUEST_FAULTS)
export const isRefusal = isOneOf(REFUSALS)
export const isFrameFault = isOneOf(FRAME_FAULTS)

/** Faults that can wait until a connection got some frames. */
export const countsFrames = (fault: Fault): boolean =>
  isFrameFault(fault) || fault === 'close' || fault === 'halfOpen'

const wholeMs = z.int().nonnegative().max(86_400_000)

/**
 * What a test cannot wait for an exchange or a network to do. Times are real milliseconds, as clients live in real time. A
 * fault takes effect `afterMs` after it was ordered: on the connections that there are then, so many `times` on each, and
 * with `forMs` on those opened meanwhile too, as often as it finds occasion unless `times` says how often.
 */
export const faultOrder = z
  .strictObject({
    venue: z.enum(VENUES),
    fault: z.enum(FAULTS),
    /** A part of the stream's name in the exchange's own words, such as `depth`, `level2` or `book`; all without it. */
    stream: z.string().min(1).optional(),
    /** Only the streams of this market, such as `BTC/USDT`. */
    symbol: z.string().min(1).optional(),
    /** Only this connection, by its number in `GET /simulator/connections`. */
    connection: z.int().min(1).optional(),
    /** Only one of the connections that there are when it takes effect: the one at this place, counted round. */
    pick: z.int().nonnegative().optional(),
    /** A part of the path of an HTTP request; all without it. */
    path: z.string().min(1).optional(),
    afterMs: wholeMs.default(0),
    /** Frames of the streams meant that each connection gets before. */
    afterFrames: z.int().nonnegative().default(0),
    times: z.int().min(1).optional(),
    forMs: wholeMs.optional(),
    /** `clockSkew`: how far the exchange's clock is ahead. */
    skewMs: z.int().min(-86_400_000).max(86_400_000).default(5000),
    /** `dayCut`: the age at which a connection is closed; `shutdown`: the time between the notice and the close. */
    lifeMs: wholeMs.default(5000),
    /** `rateLimit` and `ban`: seconds of `Retry-After`. */
    retryAfterSeconds: z.int().nonnegative().max(259_200).default(1),
  })
  .refine(({ fault, afterFrames }) => afterFrames === 0 || countsFrames(fault), {
    path: ['afterFrames'],
    error: 'expected 0 for a fault that does not wait for frames',
  })
  .refine(({ venue, fault }) => isFaultOf(venue, fault), {
    path: ['fault'],
    error: (issue) => `expected one that this exchange has, was ${JSON.stringify(issue.input)}`,
  })
export type FaultOrder = z.infer<typeof faultOrder>

/** Faults drawn at random: on average one in `everyMs`, for so long. */
export const randomFaults = z.strictObject({
  seed: z.int().nonnegative(),
  forMs: wholeMs.min(1),
  everyMs: wholeMs.min(1).default(2000),
  venues: z
    .array(z.enum(VENUES))
    .min(1)
    .default([...VENUES]),
  faults: z.array(z.enum(FAULTS)).min(1).optional(),
})
export type RandomFaults = z.infer<typeof randomFaults>

export const faultRequest = z.union([
  z.strictObject({ script: z.array(faultOrder).min(1).max(10_000) }),
  randomFaults,
  faultOrder,
])
