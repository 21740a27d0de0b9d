import type { BookProtocol } from './book-rule.ts'
import type { FrameDecoder } from './decoded.ts'

/** A frame that asks for streams, or for no more of them, and how its answer is known. */
export interface StreamRequest {
  readonly frame: string
  readonly streams: readonly string[]
  /** Under which the answer comes, where the venue repeats ids. */
  readonly id: number | null
}

/** What a venue asks of its clients; times in ms. */
export interface VenueProfile {
  readonly venue: string
  readonly webSocketUrl: string
  readonly restUrl: string
  readonly streamsPerConnection: number
  readonly streamsPerRequest: number
  /** Between two messages of ours. */
  readonly messageSpacingMs: number
  /** Without any frame for so long, pings included, the socket is dead. */
  readonly silenceLimitMs: number
  readonly ackLimitMs: number
  /** Where a subscription begins with what was traded last: without any of it for so long after the answer, it is dead. */
  readonly firstDataLimitMs: number | null
  /** Between two dials of ours, on average. */
  readonly dialSpacingMs: number
  /** After so long another connection takes over, where the venue ends its connections of an age; null where it does not. */
  readonly lifetimeMs: number | null
  /** After the venue has refused us for asking too much. */
  readonly bannedPauseMs: number
}

/** How to speak with the public streams of one venue; nothing in it connects. */
export interface VenueProtocol {
  readonly profile: VenueProfile
  /** Follows the base URL. */
  readonly path: string
  /** The streams that give a market's trades, ticker and, where the venue has them, its closed one-minute candles. */
  readonly streamsOf: (native: string) => readonly string[]
  readonly books: BookProtocol
  /** False where candles of one minute have to be built from the trades. */
  readonly givesClosedCandles: boolean
  /** Asks for as many streams as one request may name, under this id and those after it. */
  readonly subscribe: (streams: readonly string[], firstId: number) => readonly StreamRequest[]
  /** Asks for no more of them, in the same way; those that belong to the connection as a whole are left out. */
  readonly unsubscribe: (streams: readonly string[], firstId: number) => readonly StreamRequest[]
  /** One for every connection. */
  readonly createDecoder: (names: MarketNames) => FrameDecoder
}

/** The venue's markets, by their names there and here. */
export interface MarketNames {
  readonly toSymbol: (native: string) => string | undefined
  readonly toNative: (symbol: string) => string | undefined
}

/** Cuts a list into parts of at most so many. */
export const inParts = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  )
