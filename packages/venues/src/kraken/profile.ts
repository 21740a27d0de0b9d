import type { VenueProfile } from '../frame/index.ts'

/** What the venue asks of its clients (docs.kraken.com, WebSocket v2, 2026-08). */
export const krakenProfile = {
  venue: 'kraken',
  webSocketUrl: 'wss://ws.kraken.com',
  restUrl: 'https://api.kraken.com',
  streamsPerConnection: 100,
  streamsPerRequest: 25,
  /** The limit is not published; bursts of 25 were partly refused. */
  messageSpacingMs: 200,
  /** A heartbeat comes every second when nothing else does. */
  silenceLimitMs: 5000,
  ackLimitMs: 10_000,
  firstDataLimitMs: 10_000,
  /** About 150 dials in ten minutes are allowed for one address. */
  dialSpacingMs: 5000,
  lifetimeMs: null,
  bannedPauseMs: 600_000,
  /** Depths that a book can be subscribed with. */
  bookDepths: [10, 25, 100, 500, 1000],
  /** The one that we subscribe with: the checksum proves ten levels and no more. */
  bookDepth: 10,
} as const satisfies VenueProfile & { readonly bookDepths: readonly number[]; readonly bookDepth: number }
