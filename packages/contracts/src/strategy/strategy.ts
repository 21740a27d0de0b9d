import { SIZING_KINDS, type Strategy } from '@botcriptofy/engine/strategy'
import { z } from 'zod'
import { indicatorIdSchema, indicatorRequestSchema } from '../indicators/index.ts'
import { recordOf } from '../input/index.ts'
import { entryOrderSchema } from './entry-order.ts'
import { ruleSchema } from './rule.ts'

const sidedRulesSchema = z.strictObject({ long: ruleSchema.optional(), short: ruleSchema.optional() })
const fractionSchema = z.strictObject({ fraction: z.number() })

const strategyIndicatorSchema = indicatorRequestSchema.extend({
  timeframe: z.string().optional().meta({ description: 'longer bars to compute it on, such as 4h' }),
})

export const strategyVersion = z.int32().min(1)

/** The shape of a strategy; `compileStrategy` resolves its names and checks its ranges. */
export const strategySchema = z.strictObject({
  name: z.string().min(1).max(200),
  version: strategyVersion,
  direction: z.enum(['long', 'short', 'both']),
  indicators: recordOf(indicatorIdSchema, strategyIndicatorSchema),
  entry: sidedRulesSchema,
  exit: sidedRulesSchema.optional(),
  stopLoss: fractionSchema.optional(),
  takeProfit: fractionSchema.optional(),
  trailingStop: fractionSchema.extend({ activationFraction: z.number().optional() }).optional(),
  entryOrder: entryOrderSchema.optional(),
  scaleIn: z.array(z.strictObject({ fraction: z.number(), size: z.number() })).optional(),
  scaleOut: z.array(z.strictObject({ fraction: z.number(), share: z.number() })).optional(),
  timeExit: z.strictObject({ bars: z.number() }).optional(),
  sizing: z.strictObject({ kind: z.enum(SIZING_KINDS), value: z.number() }),
}) satisfies z.ZodType<Strategy>
