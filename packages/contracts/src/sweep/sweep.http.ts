import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { z } from 'zod'
import {
  bandSchema,
  candleSelection,
  configInput,
  metricsSchema,
  runShape,
  runStatus,
} from '../backtest/index.ts'
import { pageOf, pageQuery } from '../http/index.ts'
import { recordOf } from '../input/index.ts'
import { strategyInput } from '../strategy/index.ts'

const axisValues = z.union([
  z.array(z.number()).min(1),
  z.strictObject({ from: z.number(), to: z.number(), step: z.number().positive() }),
])

export const metricName = z.enum(METRIC_KEYS)

const parameters = recordOf(z.string().min(1), axisValues).refine((paths) => Object.keys(paths).length > 0, {
  error: 'at least one parameter',
})

export const submitSweepBody = z.strictObject({
  strategy: strategyInput,
  parameters: parameters.describe('Dotted paths into the strategy, each with values or {from, to, step}'),
  candles: candleSelection,
  config: configInput.optional(),
  objective: metricName.default('sharpe').describe('The metric that ranks the runs, higher first'),
  priority: z
    .int()
    .min(0)
    .max(9)
    .default(5)
    .describe('Among your own sweeps the lowest goes first; between tenants it changes nothing'),
})

export const extendSweepBody = z.strictObject({
  parameters: parameters.describe(
    'Parameters of the sweep, each with the values of the grid to append; those left out keep the values they have',
  ),
})

export const movedSweep = z.object({ id: z.uuid(), status: runStatus }).meta({ id: 'MovedSweep' })
export const requeuedSweep = z
  .object({
    id: z.uuid(),
    status: z.literal('queued'),
    runs: z.int().describe('How many the sweep now waits for'),
  })
  .meta({ id: 'RequeuedSweep' })

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
    parameters: z.record(z.string(), z.array(z.number())).describe('Of the grid that was submitted'),
    extensions: z
      .array(z.object({ firstOrdinal: z.int(), parameters: z.record(z.string(), z.array(z.number())) }))
      .default([])
      .describe('Grids that were appended'),
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
