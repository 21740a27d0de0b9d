import { inParts, type StreamRequest, type VenueProtocol } from '../frame/index.ts'
import { createBookRule } from './book-rule.ts'
import { createDecoder } from './decode.ts'
import { krakenProfile } from './profile.ts'

/**
 * Public streams of WebSocket v2. Bars come without a word on whether they are closed, so candles are built from the
 * trades. Streams are named as `channel:pair`, like the acknowledgements, of which every pair has its own.
 */
export const krakenProtocol: VenueProtocol = {
  profile: krakenProfile,
  path: '/v2',
  streamsOf: (native) => [`trade:${native}`, `ticker:${native}`],
  books: {
    streamsOf: (native) => [`book:${native}`],
    createRule: createBookRule,
    resync: {
      by: 'frames',
      framesFor: (native) => ['unsubscribe', 'subscribe'].map((method) => bookRequest(method, [native])),
    },
  },
  givesClosedCandles: false,
  subscribe: (streams, firstId) => requestsFor('subscribe', streams, firstId),
  unsubscribe: (streams, firstId) => requestsFor('unsubscribe', streams, firstId),
  createDecoder: () => createDecoder(),
}

const CHANNELS = ['trade', 'ticker', 'book'] as const
/** One channel a request, with as many pairs as one may name. */
const requestParts = (streams: readonly string[]) =>
  CHANNELS.flatMap((channel) => {
    const named = streams.filter((stream) => stream.startsWith(`${channel}:`))
    const natives = named.map((stream) => stream.slice(channel.length + 1))
    return inParts(natives, krakenProfile.streamsPerRequest).map((part) => ({ channel, part }))
  })

const requestsFor = (
  method: 'subscribe' | 'unsubscribe',
  streams: readonly string[],
  firstId: number,
): readonly StreamRequest[] =>
  requestParts(streams).map(({ channel, part }, at) => {
    const id = firstId + at
    const params = { channel, symbol: part, ...(method === 'subscribe' ? { snapshot: true } : {}) }
    const frame = JSON.stringify({ method, params, req_id: id })
    return {
      frame: channel === 'book' ? bookRequest(method, part, id) : frame,
      streams: part.map((native) => `${channel}:${native}`),
      id,
    }
  })

const bookRequest = (method: string, natives: readonly string[], id?: number): string => {
  const params = { channel: 'book', symbol: natives, depth: krakenProfile.bookDepth }
  return JSON.stringify({ method, params, req_id: id })
}
