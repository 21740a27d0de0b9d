import type { RiskLimits } from '@botcriptofy/engine/risk'
import { z } from 'zod'

const count = z.int().min(1)
const bars = z.int().min(0)
const lossFraction = z.number().gt(0).max(1)
const exposureFraction = z.number().gt(0)

/** The risk budget of an account; what is left out or null is no limit. */
export const riskLimitsSchema = z.strictObject({
  maxOpenPositions: count.nullable().default(null),
  maxExposureFraction: exposureFraction
    .nullable()
    .default(null)
    .describe('notional of all positions over equity'),
  maxSymbolExposureFraction: exposureFraction
    .nullable()
    .default(null)
    .describe('notional of a position over equity'),
  dailyLossFraction: lossFraction
    .nullable()
    .default(null)
    .describe('loss since the last close of the day before (UTC) that ends the entries of a day'),
  cooldownBars: bars
    .nullable()
    .default(null)
    .describe('bars after the bar of an exit in which its symbol is not entered'),
  stopLossGuard: z
    .strictObject({ stops: count, withinBars: count, pauseBars: bars })
    .nullable()
    .default(null)
    .describe('pauses entries after as many losing stops within so many bars'),
  maxDrawdown: z
    .strictObject({ fraction: lossFraction, pauseBars: bars.nullable() })
    .nullable()
    .default(null)
    .describe('pauses entries when equity has fallen so far from its peak; pauseBars null: for good'),
}) satisfies z.ZodType<RiskLimits>
