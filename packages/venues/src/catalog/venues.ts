import { binance } from '../binance/index.ts'
import { coinbase } from '../coinbase/index.ts'
import type { Venue } from '../frame/index.ts'
import { kraken } from '../kraken/index.ts'

/** Every venue that can be streamed, by its name. Another one is a folder beside this one and a line here. */
export const VENUES = { binance, coinbase, kraken } as const satisfies Record<string, Venue>
export type VenueName = keyof typeof VENUES
export const VENUE_NAMES = Object.keys(VENUES) as VenueName[]
