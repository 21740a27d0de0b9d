import type { VenueProfile } from '../frame/index.ts'

/** What the venue asks of its clients (web-socket-streams.md and rest-api.md of binance-spot-api-docs, 2026-07). */
export const binanceProfile = {
  venue: 'binance',
  webSocketUrl: 'wss://stream.binance.com:9443',
  restUrl: 'https://api.binance.com',
  /** Documented limit 1,024; the rest is room for requests that are under way. */
  streamsPerConnection: 1000,
  /** Keeps one SUBSCRIBE frame small. */
  streamsPerRequest: 100,
  /**
   * Five client messages a second are allowed, pings and pongs included. A token bucket of five lets nine into the
   * first second and is cut with 1008, so messages are spaced instead.
   */
  messageSpacingMs: 300,
  /** The server pings every 20 s; two missed pings mean a dead socket. */
  silenceLimitMs: 45_000,
  /** A market that is not traded says nothing. */
  firstDataLimitMs: null,
  ackLimitMs: 10_000,
  /** 300 dials in 5 minutes are allowed for one address; five may follow each other at once. */
  dialSpacingMs: 1100,
  /** The venue ends a connection after 24 hours. */
  lifetimeMs: 23 * 3_600_000,
  /** After a ban (HTTP 418 or 429, close 1008) seconds do not help. */
  bannedPauseMs: 120_000,
} as const satisfies VenueProfile
