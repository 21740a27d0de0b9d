/** Stream names are lower case on the wire. */
export const tradeStream = (native: string): string => `${native.toLowerCase()}@trade`
export const klineStream = (native: string, interval: string): string =>
  `${native.toLowerCase()}@kline_${interval}`

export type SubscriptionMethod = 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'LIST_SUBSCRIPTIONS'

export interface SubscriptionRequest {
  readonly method: SubscriptionMethod
  readonly streams?: readonly string[]
  readonly id: number
}

export const encodeRequest = ({ method, streams, id }: SubscriptionRequest): string =>
  JSON.stringify(streams === undefined ? { method, id } : { method, params: streams, id })
