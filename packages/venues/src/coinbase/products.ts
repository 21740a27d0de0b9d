import type { InstrumentRecord } from '@botcriptofy/contracts/stream'
import { decimal, list, optional, text } from '../frame/index.ts'
import type { Envelope } from './envelope.ts'
import { isSpot, symbolOf } from './product-id.ts'
import { coinbaseProfile } from './profile.ts'

/** The rules of the markets, from the `status` channel. */
export const instrumentsOf = (event: unknown, { timeMs }: Envelope): readonly InstrumentRecord[] =>
  list(event, 'products')
    .filter(isSpot)
    .map((row) => ({
      type: 'instrument',
      venue: coinbaseProfile.venue,
      symbol: symbolOf(row, 'id'),
      exchangeTimeMs: timeMs,
      status: text(row, 'status'),
      priceTick: optional(decimal, row, 'quote_increment'),
      quantityStep: optional(decimal, row, 'base_increment'),
      minQuantity: optional(decimal, row, 'base_min_size'),
      minNotional: optional(decimal, row, 'min_market_funds'),
    }))
