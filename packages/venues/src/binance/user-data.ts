/** Who subscribes to the user data stream, and when; times in epoch ms. */
export interface UserDataRequest {
  readonly apiKey: string
  readonly timestampMs: number
  readonly recvWindowMs?: number
}

const paramsOf = ({ apiKey, timestampMs, recvWindowMs = 5000 }: UserDataRequest) => ({
  apiKey,
  recvWindow: recvWindowMs,
  timestamp: timestampMs,
})

/** The text whose HMAC-SHA256 in hex is the signature: the parameters in the order of their names (web-socket-api.md). */
export const userDataPayload = (request: UserDataRequest): string =>
  Object.entries(paramsOf(request))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

/** The frame that subscribes to own orders, fills and balances at the WebSocket API. */
export const userDataSubscribe = (
  id: string,
  { signature, ...request }: UserDataRequest & { readonly signature: string },
): string =>
  JSON.stringify({
    id,
    method: 'userDataStream.subscribe.signature',
    params: { ...paramsOf(request), signature },
  })
