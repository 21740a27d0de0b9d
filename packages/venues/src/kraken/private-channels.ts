/** The private channels of WebSocket v2. */
export type PrivateChannel = 'executions' | 'balances'

export interface PrivateSubscription {
  readonly channel: PrivateChannel
  /** Of `GetWebSocketsToken`; it has to be used within 15 minutes. */
  readonly token: string
  readonly requestId: number
}

/** The frame that subscribes to own executions, with open orders and latest trades first, or to balances. */
export const privateSubscribe = ({ channel, token, requestId }: PrivateSubscription): string =>
  JSON.stringify({
    method: 'subscribe',
    params: {
      channel,
      token,
      ...(channel === 'executions' ? { snap_orders: true, snap_trades: true } : { snapshot: true }),
    },
    req_id: requestId,
  })
