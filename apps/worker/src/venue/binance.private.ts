import { createHmac } from 'node:crypto'
import {
  binanceProfile,
  createDecoder,
  userDataPayload,
  userDataSubscribe,
} from '@botcriptofy/venues/binance'
import type { PrivateVenue } from './private-venue.ts'

const REQUEST_ID = 'user-data'
/** Invalid key or permission, bad signature, malformed key (errors.md). */
const REFUSALS = [-2015, -2014, -1022]

/** User data over the WebSocket API, signed with HMAC-SHA256; `webSocketUrl` ends in `/ws-api/v3`. */
export const binancePrivate: PrivateVenue = {
  profile: binanceProfile,
  createDecoder: (toSymbol) => createDecoder({ toSymbol }),
  logOn: async ({ credentials: { apiKey, secret }, nowMs }) => {
    const request = { apiKey, timestampMs: nowMs }
    const signature = createHmac('sha256', secret).update(userDataPayload(request)).digest('hex')
    return [
      {
        frame: userDataSubscribe(REQUEST_ID, { ...request, signature }),
        isAnswer: ({ requestId }) => requestId === REQUEST_ID,
      },
    ]
  },
  isRefusal: ({ code }) => code !== null && REFUSALS.includes(code),
}
