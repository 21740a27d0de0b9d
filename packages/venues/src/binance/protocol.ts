import { inParts, type StreamRequest, type VenueProtocol } from '../frame/index.ts'
import { createBookRule } from './book-rule.ts'
import { createDecoder } from './decode.ts'
import { binanceProfile } from './profile.ts'

/** The raw market streams of Binance spot (web-socket-streams.md). */
export const binanceProtocol: VenueProtocol = {
  profile: binanceProfile,
  path: '/ws',
  // Stream names are lower case on the wire.
  streamsOf: (native) => ['trade', 'kline_1m', 'ticker'].map((name) => `${native.toLowerCase()}@${name}`),
  books: {
    streamsOf: (native) => [`${native.toLowerCase()}@depth@100ms`],
    createRule: createBookRule,
    resync: { by: 'rest' },
  },
  givesClosedCandles: true,
  subscribe: (streams, firstId) => requestsFor('SUBSCRIBE', streams, firstId),
  unsubscribe: (streams, firstId) => requestsFor('UNSUBSCRIBE', streams, firstId),
  createDecoder,
}

const requestsFor = (method: string, streams: readonly string[], firstId: number): readonly StreamRequest[] =>
  inParts(streams, binanceProfile.streamsPerRequest).map((part, at) => ({
    frame: JSON.stringify({ method, params: part, id: firstId + at }),
    streams: part,
    id: firstId + at,
  }))
