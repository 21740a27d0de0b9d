import type { VenueProfile } from '../frame/index.ts'

/** What the venue asks of its clients (docs.cdp.coinbase.com, Advanced Trade WebSocket, 2026-08). */
export const coinbaseProfile = {
  venue: 'coinbase',
  webSocketUrl: 'wss://advanced-trade-ws.coinbase.com',
  restUrl: 'https://api.coinbase.com',
  /** Nothing is documented; every frame of a connection waits for those before it. */
  streamsPerConnection: 100,
  /** One channel a message, with any number of products. */
  streamsPerRequest: 50,
  /** Eight messages a second are allowed without a key. */
  messageSpacingMs: 150,
  /** Heartbeats come every second. */
  silenceLimitMs: 5000,
  ackLimitMs: 10_000,
  firstDataLimitMs: 10_000,
  /** Eight connections a second are allowed for one address. */
  dialSpacingMs: 500,
  lifetimeMs: null,
  bannedPauseMs: 60_000,
} as const satisfies VenueProfile
