import type { AckRecord, StreamRecord } from '@botcriptofy/contracts/stream'
import {
  errorRecord,
  field,
  type FrameDecoder,
  guarded,
  instant,
  isObject,
  list,
  text,
  UnreadableFrame,
  wholeNumber,
} from '../frame/index.ts'
import type { Envelope } from './envelope.ts'
import { candlesOf, levelsOf, tickersOf, tradesOf } from './market-events.ts'
import { instrumentsOf } from './products.ts'
import { coinbaseProfile } from './profile.ts'
import { ordersOf } from './user-events.ts'

const { venue } = coinbaseProfile

type EventDecoder = (event: unknown, envelope: Envelope) => readonly StreamRecord[]

/** By the name that frames say; a subscription to `level2` is answered as `l2_data`. */
const CHANNELS: Readonly<Record<string, EventDecoder>> = {
  market_trades: tradesOf,
  l2_data: levelsOf,
  ticker: tickersOf,
  ticker_batch: tickersOf,
  candles: candlesOf,
  status: instrumentsOf,
  // Of derivatives, which have no record.
  futures_balance_summary: () => [],
  user: ordersOf,
  subscriptions: (event, { timeMs }) => [subscriptionsOf(event, timeMs)],
  // Its own time is Go's text for a moment, which nothing but Go reads.
  heartbeats: (_, { timeMs }) => [{ type: 'heartbeat', venue, symbol: null, exchangeTimeMs: timeMs }],
}

/**
 * Normalises one text frame of Advanced Trade, market or user (docs.cdp.coinbase.com). Never throws: a frame that
 * cannot be understood becomes an error record with the reason.
 */
export const decodeFrame: FrameDecoder = guarded(venue, (frame) => decodeMessage(JSON.parse(frame)))

/**
 * The same for one connection, whose frames it counts: the venue numbers them over all channels, so a number that does
 * not follow says that something was lost, and not of which market.
 */
export const createDecoder = (): FrameDecoder => {
  let last: number | undefined
  let sequence: unknown
  const decode = guarded(venue, (text) => {
    const message: unknown = JSON.parse(text)
    sequence = field(message, 'sequence_num')
    return decodeMessage(message)
  })
  return (frame) => {
    sequence = undefined
    const decoded = decode(frame)
    if (typeof sequence !== 'number') return decoded
    const expected = last === undefined ? sequence : last + 1
    last = sequence
    return sequence === expected ? decoded : { ...decoded, sequenceBreak: { expected, actual: sequence } }
  }
}

const decodeMessage = (message: unknown): readonly StreamRecord[] => {
  if (!isObject(message)) throw new UnreadableFrame(`expected an object, was ${JSON.stringify(message)}`)
  if (message['type'] === 'error') return [errorRecord(venue, { reason: text(message, 'message') })]
  const channel = text(message, 'channel')
  if (!Object.hasOwn(CHANNELS, channel)) {
    throw new UnreadableFrame(`channel: expected one of ${Object.keys(CHANNELS).join(' ')}, was ${channel}`)
  }
  const envelope = {
    timeMs: instant(message, 'timestamp'),
    sequence: wholeNumber(message, 'sequence_num'),
  }
  return list(message, 'events').flatMap((event) => CHANNELS[channel]!(event, envelope))
}

/** Cumulative: everything that the connection is subscribed to by now. */
const subscriptionsOf = (event: unknown, exchangeTimeMs: number | null): AckRecord => {
  const channels = field(event, 'subscriptions')
  if (!isObject(channels))
    throw new UnreadableFrame(`subscriptions: expected channels, was ${JSON.stringify(channels)}`)
  const streams = Object.keys(channels).flatMap((channel) =>
    list(channels, channel).map((product) => `${channel}:${String(product)}`),
  )
  return { type: 'ack', venue, symbol: null, exchangeTimeMs, requestId: null, streams }
}
