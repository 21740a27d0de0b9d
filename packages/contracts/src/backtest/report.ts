import { RECOMMENDATION_CODES } from '@botcriptofy/engine/backtest'
import { METRIC_KEYS, type MetricKey } from '@botcriptofy/engine/metrics'
import { EXIT_REASONS } from '@botcriptofy/engine/positions'
import { z } from 'zod'
import { periodicSchema } from './periodic.ts'

const byMetric = <Value extends z.ZodType>(value: Value): Record<MetricKey, Value> =>
  Object.fromEntries(METRIC_KEYS.map((key) => [key, value])) as Record<MetricKey, Value>

/** Every key of contract section 5; null where undefined. */
export const metricsSchema = z.strictObject(byMetric(z.number().nullable()))
/** Why a metric is null, by a stable code. */
export const metricReasonsSchema = z.strictObject(byMetric(z.string().optional()))

export const fillSchema = z.strictObject({
  leg: z.enum(['entry', 'exit']),
  index: z.int().min(0),
  time: z.number().describe('Open time of the bar, epoch ms'),
  price: z.number(),
  quantity: z.number(),
  fee: z.number(),
  reason: z.enum(EXIT_REASONS).optional().describe('Of an exit'),
})

export const tradeSchema = z.strictObject({
  side: z.enum(['long', 'short']),
  entryIndex: z.int().min(0),
  entryTime: z.number().describe('Open time of the entry bar, epoch ms'),
  entryPrice: z.number(),
  exitIndex: z.int().min(0),
  exitTime: z.number(),
  exitPrice: z.number(),
  quantity: z.number(),
  fees: z.number().describe('All fees, quote units'),
  pnl: z.number().describe('Net of fees and funding'),
  returnFraction: z.number().describe('pnl / (quantity * entryPrice)'),
  exitReason: z.enum(EXIT_REASONS),
  gap: z.literal(true).optional().describe('The exit filled at a gapped open'),
  symbol: z.string().optional().describe('What was traded, in a portfolio'),
  funding: z.number().optional().describe('Paid while open, quote units; negative where it was received'),
  fills: z
    .array(fillSchema)
    .readonly()
    .optional()
    .describe('Where there is more than one entry or exit; prices of the trade are their means'),
})

export const bandSchema = z.strictObject({
  worst: z.number(),
  best: z.number(),
  ambiguousBars: z.int().min(0),
})

export const recommendationSchema = z.strictObject({
  code: z.enum(RECOMMENDATION_CODES),
  text: z.string(),
  value: z.number().nullable().default(null).describe('The number that triggered it'),
  limit: z.number().nullable().default(null).describe('What the number was held against'),
})

export const symbolBars = z
  .array(z.strictObject({ symbol: z.string(), bars: z.int().min(0) }))
  .describe('Of a portfolio, in the order of priority')

/** The result of a backtest as `botcriptofy backtest --json` prints it. */
export const backtestReportSchema = z.strictObject({
  engine: z.string(),
  tradesSha256: z.string().length(64),
  bars: z.int().min(0),
  lowSample: z.boolean(),
  trades: z.array(tradeSchema),
  finalEquity: z.number(),
  band: bandSchema,
  metrics: metricsSchema,
  metricReasons: metricReasonsSchema,
  recommendations: z.array(recommendationSchema),
  equity: z.array(z.tuple([z.number(), z.number()])).optional(),
  symbols: symbolBars.optional(),
  periodic: periodicSchema.optional(),
})

export type BacktestReportJson = z.infer<typeof backtestReportSchema>
