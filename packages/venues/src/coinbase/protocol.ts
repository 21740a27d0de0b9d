import { inParts, type StreamRequest, type VenueProtocol } from '../frame/index.ts'
import { createBookRule } from './book-rule.ts'
import { createDecoder } from './decode.ts'
import { coinbaseProfile } from './profile.ts'

const CHANNELS = ['market_trades', 'ticker', 'level2', 'heartbeats'] as const

/**
 * Public streams of Advanced Trade. Its candles are of five minutes, so those of one are built from the trades; the
 * heartbeats keep a quiet connection open and tell the time. Streams are named as `channel:product`, like its answers.
 */
export const coinbaseProtocol: VenueProtocol = {
  profile: coinbaseProfile,
  path: '/',
  streamsOf: (native) => [`market_trades:${native}`, `ticker:${native}`, `heartbeats:${native}`],
  books: {
    streamsOf: (native) => [`level2:${native}`, `heartbeats:${native}`],
    createRule: createBookRule,
    resync: {
      by: 'frames',
      framesFor: (native) =>
        ['unsubscribe', 'subscribe'].map((type) =>
          JSON.stringify({ type, channel: 'level2', product_ids: [native] }),
        ),
    },
  },
  givesClosedCandles: false,
  subscribe: (streams) => requestsFor('subscribe', streams),
  // Heartbeats are of the connection, whatever products they were asked for with.
  unsubscribe: (streams) =>
    requestsFor(
      'unsubscribe',
      streams.filter((stream) => !stream.startsWith('heartbeats:')),
    ),
  createDecoder: () => createDecoder(),
}

const requestsFor = (type: string, streams: readonly string[]): readonly StreamRequest[] =>
  CHANNELS.flatMap((channel) => {
    const named = streams.filter((stream) => stream.startsWith(`${channel}:`))
    return inParts(named, coinbaseProfile.streamsPerRequest).map((part) => ({
      frame: JSON.stringify({
        type,
        channel,
        product_ids: part.map((stream) => stream.slice(channel.length + 1)),
      }),
      streams: part,
      id: null,
    }))
  })
