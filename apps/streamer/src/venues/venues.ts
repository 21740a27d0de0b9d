import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { kraken } from './kraken.ts'
import type { Venue } from './venue.ts'

/** Every venue that can be streamed, by its name. Another one is a folder in `@botcriptofy/venues` and a line here. */
export const VENUES = { binance, coinbase, kraken } as const satisfies Record<string, Venue>
export type VenueName = keyof typeof VENUES
export const VENUE_NAMES = Object.keys(VENUES) as VenueName[]
