import { z } from 'zod'
import { pageOf, pageQuery } from '../http/index.ts'
import { strategyInput } from '../strategy/index.ts'
import { backtestCandles } from './candle-selection.ts'
import { backtestConfigSchema } from './config.ts'
import { countedProgress } from './progress.ts'
import {
  bandSchema,
  metricReasonsSchema,
  metricsSchema,
  recommendationSchema,
  symbolBars,
  tradeSchema,
} from './report.ts'

/** Documented in full, checked with the instrument's defaults merged in, by `backtestConfigSchema`. */
export const configInput = z.record(z.string(), z.unknown()).meta({
  description: 'What is left out comes from the instrument, then from the defaults',
  ...z.toJSONSchema(backtestConfigSchema, { io: 'input', unrepresentable: 'any' }),
  $schema: undefined,
})

export const submitBacktestBody = z.strictObject({
  strategy: strategyInput,
  candles: backtestCandles,
  config: configInput.optional(),
})

export const RUN_STATUSES = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const
export const runStatus = z.enum(RUN_STATUSES)

/** What is asked again and again while a run is awaited; nothing in it grows with the run. */
export const runProgress = z
  .object({
    id: z.uuid(),
    status: runStatus,
    progress: countedProgress,
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: 'RunProgress' })
export type RunProgress = z.infer<typeof runProgress>

export const acceptedRun = z.object({ id: z.uuid(), status: z.literal('queued') }).meta({ id: 'AcceptedRun' })
export const cancelledRun = z
  .object({ id: z.uuid(), status: z.literal('cancelled') })
  .meta({ id: 'CancelledRun' })

/** What backtests and sweeps have in common. */
export const runShape = {
  id: z.uuid(),
  status: runStatus,
  progress: z.object({
    done: z.int(),
    total: z.int(),
    fraction: z.number().min(0).max(1),
  }),
  strategyName: z.string(),
  strategySha256: z.string(),
  venue: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  isSimulated: z.boolean().describe('The candles were made by a generator and not by a market'),
  fromMs: z.int(),
  toMs: z.int(),
  bars: z.int(),
  datasetDigest: z.string(),
  engineRevision: z.int(),
  fees: z.object({ feeRate: z.number(), slippageRate: z.number() }),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  createdAtMs: z.int(),
  startedAtMs: z.int().nullable(),
  finishedAtMs: z.int().nullable(),
}

/** Why a run that has not ended does not go on at present. */
export const waitReason = z
  .object({ code: z.enum(['NO_WORKER', 'ENGINE_REVISION_AWAY', 'CPU_SECONDS_SPENT']), detail: z.string() })
  .nullable()
  .default(null)
  .describe('null while the run waits for nothing but its turn, and once it has ended')

const runDataset = z
  .object({
    venue: z.string(),
    symbol: z.string(),
    timeframe: z.string(),
    isSimulated: z.boolean(),
    fromMs: z.int(),
    toMs: z.int(),
    bars: z.int(),
    digest: z.string(),
  })
  .meta({ id: 'RunDataset' })

/** Of a portfolio `venue` and `symbol` name all, `bars` counts all, and `datasetDigest` is that of all in their order. */
const backtestShape = {
  ...runShape,
  isPortfolio: z.boolean().describe('The candles were given as a list'),
  datasets: z.array(runDataset).describe('What was run; of a portfolio in the order of priority'),
  detail: runDataset.nullable().describe('Finer candles that the fills happen in'),
}

export const backtestSummary = z.object(backtestShape).meta({ id: 'BacktestSummary' })
export const backtestPage = pageOf(backtestSummary)

export const backtestView = z
  .object({
    ...backtestShape,
    waitingFor: waitReason,
    strategy: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    cached: z.boolean().nullable().describe('The result was known before; null while there is none'),
    result: z
      .object({
        engine: z.string(),
        tradesSha256: z.string(),
        trades: z.int(),
        lowSample: z.boolean(),
        finalEquity: z.number(),
        band: bandSchema,
        metricReasons: metricReasonsSchema,
        recommendations: z.array(recommendationSchema),
        computeMs: z.number(),
        symbols: symbolBars.optional(),
      })
      .nullable(),
    metrics: metricsSchema.nullable().describe('Null until the backtest has completed'),
  })
  .meta({ id: 'Backtest' })
export type BacktestView = z.infer<typeof backtestView>

/** Rows of a finished run are cheap to send, so pages may be larger than those of other lists. */
export const rowsQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
})
export const tradePage = pageOf(tradeSchema)
export const equityPage = pageOf(
  z.tuple([z.number(), z.number()]).describe('[epoch ms of the bar, quote units at its close]'),
)
