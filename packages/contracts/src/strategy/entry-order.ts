import type { PriceLevel } from '@botcriptofy/engine/strategy'
import { z } from 'zod'
import { operandSchema } from './rule.ts'

/** Where an order rests: one of a fraction away from the signal's close, and a price read at the signal. */
const priceLevelSchema = z
  .strictObject({ offsetFraction: z.number().optional(), price: operandSchema.optional() })
  .superRefine((level, context) => {
    if ((level.offsetFraction === undefined) !== (level.price === undefined)) return
    context.addIssue({ code: 'custom', message: 'one of offsetFraction and price' })
  }) as z.ZodType<PriceLevel>

const expireBars = z.number().optional()

/** How an entry is placed. */
export const entryOrderSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('limit'), limit: priceLevelSchema, expireBars }),
  z.strictObject({ kind: z.literal('stop'), stop: priceLevelSchema, expireBars }),
  z.strictObject({
    kind: z.literal(['stop_limit', 'oco']),
    stop: priceLevelSchema,
    limit: priceLevelSchema,
    expireBars,
  }),
])
