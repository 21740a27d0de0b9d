/** What the venue asks of its clients (docs.kraken.com, WebSocket v2, 2026-08). */
export const krakenProfile = {
  venue: 'kraken',
  /** Depths that a book can be subscribed with. */
  bookDepths: [10, 25, 100, 500, 1000],
} as const
