import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES } from '@botcriptofy/engine/backtest'
import { z } from 'zod'

const DEFAULTS = DEFAULT_BACKTEST_CONFIG
const positive = z.number().positive()
const rate = z.number().min(0).lt(1)

/** The configuration of a backtest (contract section 5); what is left out gets its default. */
export const backtestConfigSchema = z.strictObject({
  initialCapital: positive.default(DEFAULTS.initialCapital),
  feeRate: rate.default(DEFAULTS.feeRate),
  slippageRate: rate.default(DEFAULTS.slippageRate),
  fillAt: z.enum(['next_open']).default(DEFAULTS.fillAt),
  path: z.enum(PATH_MODES).default(DEFAULTS.path),
  limitTouch: z.enum(['through', 'touch']).default(DEFAULTS.limitTouch),
  protectFrom: z.enum(['fill_price', 'signal_close']).default(DEFAULTS.protectFrom),
  limitGap: z.enum(['at_limit', 'at_open']).default(DEFAULTS.limitGap),
  quantityStep: positive.default(DEFAULTS.quantityStep),
  priceTick: positive.nullable().default(DEFAULTS.priceTick),
  minNotional: z.number().min(0).nullable().default(DEFAULTS.minNotional),
  signalsFromBar: z.int().min(0).default(DEFAULTS.signalsFromBar),
  endOfData: z.enum(['last_close', 'last_open', 'leave_open']).default(DEFAULTS.endOfData),
  rows: z.int().min(1).nullable().default(DEFAULTS.rows),
  riskFreeRate: z.number().gt(-1).default(DEFAULTS.riskFreeRate),
  periodsPerYear: positive.default(DEFAULTS.periodsPerYear),
  makerFeeRate: rate.nullable().default(DEFAULTS.makerFeeRate),
  participation: positive.max(1).nullable().default(DEFAULTS.participation),
  remainder: z.enum(['rest', 'drop']).default(DEFAULTS.remainder),
  latencyBars: z.int().min(0).default(DEFAULTS.latencyBars),
  leverage: z.number().min(1).max(1000).nullable().default(DEFAULTS.leverage),
  maintenanceMarginRate: rate.default(DEFAULTS.maintenanceMarginRate),
  fundingRate: z.number().gt(-1).lt(1).default(DEFAULTS.fundingRate),
  fundingIntervalMs: z.int().min(1000).default(DEFAULTS.fundingIntervalMs),
  fundingRates: z
    .array(z.tuple([z.int(), z.number().gt(-1).lt(1)]))
    .superRefine((rates, context) => {
      rates.forEach(([timeMs], index) => {
        if (index > 0 && timeMs <= rates[index - 1]![0]) {
          context.addIssue({ code: 'custom', path: [index, 0], message: 'a time after the one before' })
        }
      })
    })
    .nullable()
    .default(null),
}) satisfies z.ZodType<BacktestConfig>

/** As users write it: every key optional. */
export type BacktestConfigInput = z.input<typeof backtestConfigSchema>
