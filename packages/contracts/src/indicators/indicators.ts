import { SOURCE_FIELDS } from '@botcriptofy/engine/market'
import { z } from 'zod'
import { recordOf } from '../input/index.ts'

/** Names a user gives to indicators; the dot is left to lines (`macd.signal`). */
export const indicatorIdSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, { error: 'an id of letters, digits and _ that starts with a letter' })

/** An indicator as users write it; its type and the ranges of its parameters are checked by the engine. */
export const indicatorRequestSchema = z.strictObject({
  type: z.string(),
  params: recordOf(z.string(), z.number()).optional(),
  source: z.enum(SOURCE_FIELDS).optional(),
})

/** The file of `botcriptofy indicators --spec`. */
export const indicatorsSpecSchema = z
  .strictObject({
    indicators: z.array(indicatorRequestSchema.extend({ id: indicatorIdSchema })).min(1),
  })
  .superRefine(({ indicators }, context) => {
    const seen = new Set(['timestamp'])
    indicators.forEach(({ id }, index) => {
      if (seen.has(id)) {
        context.addIssue({
          code: 'custom',
          path: ['indicators', index, 'id'],
          message: 'an id not used before',
        })
      }
      seen.add(id)
    })
  })
export type IndicatorsSpec = z.infer<typeof indicatorsSpecSchema>
