import { inParts, type VenueProtocol } from '../frame/index.ts'
import { decodeFrame } from './decode.ts'
import { binanceProfile } from './profile.ts'

/** The raw market streams of Binance spot (web-socket-streams.md). */
export const binanceProtocol: VenueProtocol = {
  profile: binanceProfile,
  path: '/ws',
  // Stream names are lower case on the wire.
  streamsOf: (native) => [`${native.toLowerCase()}@trade`, `${native.toLowerCase()}@kline_1m`],
  givesClosedCandles: true,
  subscribe: (streams, firstId) =>
    inParts(streams, binanceProfile.streamsPerRequest).map((part, at) => ({
      frame: JSON.stringify({ method: 'SUBSCRIBE', params: part, id: firstId + at }),
      streams: part,
      id: firstId + at,
    })),
  createDecoder: (names) => (frame) => decodeFrame(frame, names),
}
