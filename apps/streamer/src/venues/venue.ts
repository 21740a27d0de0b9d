import type { BookRecord, CandleRecord } from '@botcriptofy/contracts/stream'
import type { MarketNames, VenueProtocol } from '@botcriptofy/venues/frame'

export interface CandleRange {
  readonly symbol: string
  /** The market's name at the venue. */
  readonly native: string
  /** Opens in [fromMs, toMs). */
  readonly fromMs: number
  readonly toMs: number
}

/** The public REST calls that a feed needs. They throw when the venue does not answer as documented. */
export interface VenueRest {
  readonly fetchMarkets: () => Promise<MarketNames>
  /** Closed candles of one minute, ascending; as many of the newest as one call gives. */
  readonly fetchClosedCandles: (range: CandleRange) => Promise<readonly CandleRecord[]>
  /** There where books begin with a snapshot over REST. */
  readonly fetchBook?: (of: { readonly symbol: string; readonly native: string }) => Promise<BookRecord>
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
