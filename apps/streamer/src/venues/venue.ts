import type { BookRecord, CandleRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import type { MarketNames, VenueProtocol } from '@botcriptofy/venues/frame'

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

/** One folder of `@botcriptofy/venues` and the calls that belong to it. */
export interface Venue {
  readonly protocol: VenueProtocol
  readonly openRest: (get: Get) => VenueRest
}

/** Reads a path of the venue as JSON. */
export type Get = (path: string) => Promise<unknown>

const ANSWER_LIMIT_MS = 10_000

export const createGet =
  (baseUrl: string, signal: AbortSignal): Get =>
  async (path) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
    const response = await fetch(`${baseUrl}${path}`, { signal: limit })
    if (!response.ok) throw new Error(`${path}: expected HTTP 200, was ${response.status}`)
    return response.json()
  }
