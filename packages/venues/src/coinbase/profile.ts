/** What the venue asks of its clients (docs.cdp.coinbase.com, Advanced Trade WebSocket, 2026-08). */
export const coinbaseProfile = {
  venue: 'coinbase',
} as const
