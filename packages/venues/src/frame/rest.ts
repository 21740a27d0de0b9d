import type { BookRecord, CandleRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import type { MarketNames, VenueProtocol } from './protocol.ts'

/** A market, by its name here and at the venue. */
export interface VenueMarket {
  readonly symbol: string
  readonly native: string
}

export interface CandleRange extends VenueMarket {
  /** Opens in [fromMs, toMs). */
  readonly fromMs: number
  readonly toMs: number
}

/** Trades of [fromId, toId]; the times are those of the trades before and after. */
export interface TradeRange extends VenueMarket {
  readonly fromId: number
  readonly toId: number
  readonly fromMs: number
  readonly toMs: number
}

/** The public REST calls that a feed needs. They throw when the venue does not answer as documented. */
export interface VenueRest {
  readonly fetchMarkets: () => Promise<MarketNames>
  /** Closed candles of one minute, ascending; as many of the newest as one call gives. */
  readonly fetchClosedCandles: (range: CandleRange) => Promise<readonly CandleRecord[]>
  /** Trades of about the range, ascending: as many of the oldest, or of the newest, as one call gives. */
  readonly fetchTrades: (range: TradeRange) => Promise<readonly TradeRecord[]>
  /** The newest trade; undefined where there is none yet. */
  readonly fetchLastTrade: (of: VenueMarket) => Promise<TradeRecord | undefined>
  /** There where books begin with a snapshot over REST. */
  readonly fetchBook?: (of: VenueMarket) => Promise<BookRecord>
}

/** A venue: what it says over its sockets, and the REST calls that belong to it. */
export interface Venue {
  readonly protocol: VenueProtocol
  readonly openRest: (get: Get) => VenueRest
}

/** Reads a path of the venue as JSON. */
export type Get = (path: string) => Promise<unknown>
