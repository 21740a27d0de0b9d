import { type Rule, SIZING_KINDS, type Strategy } from '@botcriptofy/engine/strategy'
import { z } from 'zod'
import { indicatorIdSchema, indicatorRequestSchema } from '../indicators/index.ts'
import { ruleShapeFaults } from './rule-shape.ts'

/** A rule tree of any depth (contract section 4). */
export const ruleSchema = z
  .unknown()
  .superRefine((rule, context) => {
    for (const { path, expected } of ruleShapeFaults(rule)) {
      context.addIssue({ code: 'custom', path: [...path], message: expected })
    }
  })
  .meta({
    description:
      '{"all":[rule]}, {"any":[rule]}, {"not":rule} or a comparison {"left":operand,"op":operator,"right":operand}',
  }) as z.ZodType<Rule>

const sidedRulesSchema = z.strictObject({ long: ruleSchema.optional(), short: ruleSchema.optional() })
const fractionSchema = z.strictObject({ fraction: z.number() })

export const strategyVersion = z.int32().min(1)

/** The shape of a strategy; `compileStrategy` resolves its names and checks its ranges. */
export const strategySchema = z.strictObject({
  name: z.string().min(1).max(200),
  version: strategyVersion,
  direction: z.enum(['long', 'short', 'both']),
  indicators: z.record(indicatorIdSchema, indicatorRequestSchema),
  entry: sidedRulesSchema,
  exit: sidedRulesSchema.optional(),
  stopLoss: fractionSchema.optional(),
  takeProfit: fractionSchema.optional(),
  trailingStop: fractionSchema.extend({ activationFraction: z.number().optional() }).optional(),
  sizing: z.strictObject({ kind: z.enum(SIZING_KINDS), value: z.number() }),
}) satisfies z.ZodType<Strategy>
