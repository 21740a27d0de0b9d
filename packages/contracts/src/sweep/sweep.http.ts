import { z } from 'zod'
import {
  bandSchema,
  candleSelection,
  configInput,
  metricsSchema,
  runShape,
  runStatus,
  waitReason,
} from '../backtest/index.ts'
import { pageOf, pageQuery } from '../http/index.ts'
import { recordOf } from '../input/index.ts'
import { strategyInput } from '../strategy/index.ts'
import { metricExpectation, metricName } from './metric-name.ts'
import { objectiveInput } from './objective.ts'
import { searchBudget, searchInput } from './search.ts'

const axisValues = z.union([
  z.array(z.number()).min(1),
  z.strictObject({ from: z.number(), to: z.number(), step: z.number().positive() }),
])

const parameters = recordOf(z.string().min(1), axisValues).refine((paths) => Object.keys(paths).length > 0, {
  error: 'at least one parameter',
})

/** Each is a sweep that is accepted in the same transaction. */
const MAX_SERIES = 20

export const submitSweepBody = z.strictObject({
  strategy: strategyInput,
  parameters: parameters.describe('Dotted paths into the strategy, each with values or {from, to, step}'),
  candles: candleSelection,
  alsoOn: z
    .array(candleSelection)
    .min(1)
    .max(MAX_SERIES - 1)
    .optional()
    .describe(
      'More series, of any symbol and timeframe: each combination is run on each of them, by a sweep of its own',
    ),
  config: configInput.optional(),
  objective: objectiveInput
    .default('sharpe')
    .describe(
      'What ranks the runs: the name of a metric, highest first, or metrics with directions, weights and constraints',
    ),
  search: searchInput.default({ method: 'grid' }),
  budget: searchBudget.optional().describe('Ends the sweep before all its runs; what it has is its result'),
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
  objective: z
    .string()
    .describe('A metric, with a leading - where the lowest is best, or a weighted sum in words'),
  search: searchInput.default({ method: 'grid' }),
  combinations: z.int().describe('Runs; of a search that goes on, how many it may come to'),
  computed: z.int().describe('Runs that were computed for this sweep; the rest was known'),
  failed: z.int(),
}
export const sweepSummary = z.object({ ...runShape, ...counts }).meta({ id: 'SweepSummary' })
export const sweepPage = pageOf(sweepSummary)

const scoringView = z
  .object({
    terms: z.array(
      z.object({ metric: metricName, weight: z.number(), direction: z.enum(['maximize', 'minimize']) }),
    ),
    constraints: z.array(
      z.object({ metric: metricName, atLeast: z.number().optional(), atMost: z.number().optional() }),
    ),
  })
  .describe(
    'The objective in full: the weighted sum ranks the runs that keep all constraints, the others come after',
  )

const roundView = z.object({
  round: z.int().describe('From 0'),
  firstOrdinal: z.int(),
  runs: z.int(),
  share: z.number().describe('The leading part of the bars that its runs are over'),
})

export const sweepView = z
  .object({
    ...runShape,
    ...counts,
    waitingFor: waitReason,
    groupId: z
      .uuid()
      .nullable()
      .default(null)
      .describe('Shared by the sweeps over other series that were submitted with it'),
    strategy: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), z.array(z.number())).describe('Of the grid that was submitted'),
    extensions: z
      .array(z.object({ firstOrdinal: z.int(), parameters: z.record(z.string(), z.array(z.number())) }))
      .default([])
      .describe('Grids that were appended'),
    scoring: scoringView.nullable().default(null),
    budget: z.object({ runs: z.int().optional(), seconds: z.number().optional() }).nullable().default(null),
    stoppedBy: z
      .literal('budget')
      .nullable()
      .default(null)
      .describe('What ended the sweep before it was over'),
    rounds: z
      .array(roundView)
      .default([])
      .describe('Of a search, in their order; the last one may be under way'),
  })
  .meta({ id: 'Sweep' })
export type SweepView = z.infer<typeof sweepView>

export const resultsQuery = pageQuery.extend({
  sort: z
    .string()
    .transform((text, context) => {
      const metric = metricName.safeParse(text.replace(/^-/, ''))
      if (metric.success)
        return { metric: metric.data, direction: text.startsWith('-') ? 'asc' : 'desc' } as const
      context.addIssue({ code: 'custom', message: metricExpectation(text) })
      return z.NEVER
    })
    .optional()
    .describe('A metric, highest first; with a leading - lowest first. Default: the objective'),
  round: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('The runs of one round of a search; left out: all that are over the whole of the bars'),
})

export const runParams = z.object({ id: z.uuid(), ordinal: z.coerce.number().pipe(z.int32().min(0)) })

export const sweepRunView = z
  .object({
    ordinal: z.int(),
    params: z.record(z.string(), z.number()),
    status: z.enum(['completed', 'failed']),
    cached: z.boolean(),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    metrics: metricsSchema.nullable(),
    score: z.number().nullable().default(null).describe('The objective of the run, higher is better'),
    violation: z
      .number()
      .default(0)
      .describe('By how much it misses the constraints; 0 when it keeps them all'),
    share: z.number().default(1).describe('The leading part of the bars that it is over'),
    lowSample: z.boolean().nullable(),
    finalEquity: z.number().nullable(),
    band: bandSchema.nullable(),
    tradesSha256: z.string().nullable(),
  })
  .meta({ id: 'SweepRun' })
export const sweepRunPage = pageOf(sweepRunView)
