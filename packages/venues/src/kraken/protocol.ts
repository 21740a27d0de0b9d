import { inParts, type VenueProtocol } from '../frame/index.ts'
import { createDecoder } from './decode.ts'
import { krakenProfile } from './profile.ts'

/**
 * Public streams of WebSocket v2. Bars come without a word on whether they are closed, so candles are built from the
 * trades. Streams are named as `channel:pair`, like the acknowledgements, of which every pair has its own.
 */
export const krakenProtocol: VenueProtocol = {
  profile: krakenProfile,
  path: '/v2',
  streamsOf: (native) => [`trade:${native}`],
  givesClosedCandles: false,
  subscribe: (streams, firstId) =>
    inParts(streams, krakenProfile.streamsPerRequest).map((part, at) => ({
      frame: JSON.stringify({
        method: 'subscribe',
        params: {
          channel: 'trade',
          symbol: part.map((stream) => stream.slice('trade:'.length)),
          snapshot: true,
        },
        req_id: firstId + at,
      }),
      streams: part,
      id: firstId + at,
    })),
  createDecoder: () => createDecoder(),
}
