import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { z } from 'zod'
import { bandSchema, candleSelection, configInput, metricsSchema, runShape } from '../backtest/index.ts'
import { pageOf, pageQuery } from '../http/index.ts'
import { recordOf } from '../input/index.ts'
import { strategyInput } from '../strategy/index.ts'

const axisValues = z.union([
  z.array(z.number()).min(1),
  z.strictObject({ from: z.number(), to: z.number(), step: z.number().positive() }),
])

export const metricName = z.enum(METRIC_KEYS)

export const submitSweepBody = z.strictObject({
  strategy: strategyInput,
  parameters: recordOf(z.string().min(1), axisValues)
    .refine((parameters) => Object.keys(parameters).length > 0, { error: 'at least one parameter' })
    .describe('Dotted paths into the strategy, each with values or {from, to, step}'),
  candles: candleSelection,
  config: configInput.optional(),
  objective: metricName.default('sharpe').describe('The metric that ranks the runs, higher first'),
})

const counts = {
  objective: z.string(),
  combinations: z.int(),
  computed: z.int().describe('Runs that were computed for this sweep; the rest was known'),
  failed: z.int(),
}
export const sweepSummary = z.object({ ...runShape, ...counts }).meta({ id: 'SweepSummary' })
export const sweepPage = pageOf(sweepSummary)

export const sweepView = z
  .object({
    ...runShape,
    ...counts,
    strategy: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), z.array(z.number())),
  })
  .meta({ id: 'Sweep' })
export type SweepView = z.infer<typeof sweepView>

export const resultsQuery = pageQuery.extend({
  sort: z
    .string()
    .regex(/^-?[a-zA-Z0-9]+$/)
    .transform((text) => ({
      metric: text.replace(/^-/, ''),
      direction: text.startsWith('-') ? ('asc' as const) : ('desc' as const),
    }))
    .pipe(z.object({ metric: metricName, direction: z.enum(['asc', 'desc']) }))
    .optional()
    .describe('A metric, highest first; with a leading - lowest first. Default: the objective'),
})

export const sweepRunView = z
  .object({
    ordinal: z.int(),
    params: z.record(z.string(), z.number()),
    status: z.enum(['completed', 'failed']),
    cached: z.boolean(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    metrics: metricsSchema.nullable(),
    lowSample: z.boolean().nullable(),
    finalEquity: z.number().nullable(),
    band: bandSchema.nullable(),
    tradesSha256: z.string().nullable(),
  })
  .meta({ id: 'SweepRun' })
export const sweepRunPage = pageOf(sweepRunView)
