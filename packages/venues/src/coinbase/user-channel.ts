/** The frame that subscribes to own orders; a token lives 120 seconds and is good for one message. */
export const userSubscribe = (jwt: string, productIds: readonly string[]): string =>
  JSON.stringify({ type: 'subscribe', channel: 'user', product_ids: productIds, jwt })
