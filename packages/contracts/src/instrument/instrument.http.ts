import { z } from 'zod'
import { pageOf } from '../http/index.ts'
import { symbolName, venueName } from '../stream/index.ts'

const step = z.number().positive().nullable()
const rate = z.number().gt(-1).lt(1).nullable()

/** Trading rules and fees of a market; null where the venue sets none. They default a backtest's config. */
export const instrumentRules = z.strictObject({
  priceTick: step,
  quantityStep: step,
  minNotional: z.number().min(0).nullable(),
  makerFeeRate: rate,
  takerFeeRate: rate,
})

/** Symbols hold a slash, so they go into the query and not into the path. */
export const instrumentQuery = z.object({ venue: venueName, symbol: symbolName })

export const instrumentView = instrumentQuery.extend(instrumentRules.shape).meta({ id: 'Instrument' })
export const instrumentPage = pageOf(instrumentView)
