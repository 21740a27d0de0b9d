import { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES } from '@botcriptofy/engine/backtest'
import { z } from 'zod'
import { riskLimitsSchema } from './risk.ts'

const DEFAULTS = DEFAULT_BACKTEST_CONFIG
const positive = z.number().positive()
const rate = z.number().min(0).lt(1)

/** The configuration of a backtest (contract section 5); what is left out gets its default. */
export const backtestConfigSchema = z
  .strictObject({
    initialCapital: positive.default(DEFAULTS.initialCapital).describe('cash at the start, quote units'),
    feeRate: rate
      .default(DEFAULTS.feeRate)
      .describe('fee of every fill that takes liquidity, a fraction of its notional'),
    slippageRate: rate
      .default(DEFAULTS.slippageRate)
      .describe('what market and stop fills lose on their price, a fraction'),
    fillAt: z.enum(['next_open']).default(DEFAULTS.fillAt).describe('where market orders fill'),
    path: z
      .enum(PATH_MODES)
      .default(DEFAULTS.path)
      .describe('the way of the price inside a bar; worst and best look at both'),
    limitTouch: z
      .enum(['through', 'touch'])
      .default(DEFAULTS.limitTouch)
      .describe('whether a price has to trade through a limit or may only touch it'),
    protectFrom: z
      .enum(['fill_price', 'signal_close'])
      .default(DEFAULTS.protectFrom)
      .describe('what stop and target are measured from'),
    limitGap: z
      .enum(['at_limit', 'at_open'])
      .default(DEFAULTS.limitGap)
      .describe('what a limit gets that the open has passed'),
    quantityStep: positive.default(DEFAULTS.quantityStep).describe('quantities are whole multiples of it'),
    priceTick: positive.nullable().default(DEFAULTS.priceTick).describe('prices are whole multiples of it'),
    minNotional: z
      .number()
      .min(0)
      .nullable()
      .default(DEFAULTS.minNotional)
      .describe('least notional of an entry, quote units'),
    signalsFromBar: z
      .int()
      .min(0)
      .default(DEFAULTS.signalsFromBar)
      .describe('first bar whose close may signal'),
    endOfData: z
      .enum(['last_close', 'last_open', 'leave_open'])
      .default(DEFAULTS.endOfData)
      .describe('what becomes of a position that the last bar leaves open'),
    rows: z.int().min(1).nullable().default(DEFAULTS.rows).describe('use the first bars only, so many'),
    riskFreeRate: z
      .number()
      .gt(-1)
      .default(DEFAULTS.riskFreeRate)
      .describe('a year, a fraction; for the ratios'),
    periodsPerYear: positive
      .default(DEFAULTS.periodsPerYear)
      .describe('days of a year that the ratios are scaled to'),
    makerFeeRate: rate
      .nullable()
      .default(DEFAULTS.makerFeeRate)
      .describe('fee of a fill that rested as a limit, a fraction; null: feeRate'),
    participation: positive
      .max(1)
      .nullable()
      .default(DEFAULTS.participation)
      .describe("most of a bar's volume that may fill, a fraction; null: no cap"),
    remainder: z
      .enum(['rest', 'drop'])
      .default(DEFAULTS.remainder)
      .describe('whether what a bar could not fill of an entry rests or is dropped'),
    latencyBars: z
      .int()
      .min(0)
      .default(DEFAULTS.latencyBars)
      .describe('bars between a decision and the first open at which it may fill, beyond the next one'),
    leverage: z
      .number()
      .min(1)
      .max(1000)
      .nullable()
      .default(DEFAULTS.leverage)
      .describe('notional over margin of an isolated position; null: a spot account'),
    maintenanceMarginRate: rate
      .default(DEFAULTS.maintenanceMarginRate)
      .describe('part of the notional below which the margin may not fall'),
    fundingRate: z
      .number()
      .gt(-1)
      .lt(1)
      .default(DEFAULTS.fundingRate)
      .describe('what a long pays a short at each funding time, a fraction of the notional'),
    fundingIntervalMs: z
      .int()
      .min(1000)
      .default(DEFAULTS.fundingIntervalMs)
      .describe('time between funding times, counted from the epoch'),
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
      .default(null)
      .describe('historic funding as [epoch ms, rate], ascending; replaces the constant rate'),
    risk: riskLimitsSchema
      .nullable()
      .default(DEFAULTS.risk)
      .describe('limits of the account that refuse entries; null: none'),
  })
  .superRefine(({ leverage, maintenanceMarginRate }, context) => {
    // The margin of such a position is below its maintenance margin from the start.
    if (leverage === null || leverage * maintenanceMarginRate < 1) return
    const most = 1 / maintenanceMarginRate
    context.addIssue({
      code: 'custom',
      path: ['leverage'],
      message: `below ${most}, which is 1 / maintenanceMarginRate`,
    })
  }) satisfies z.ZodType<BacktestConfig>

/** As users write it: every key optional. */
export type BacktestConfigInput = z.input<typeof backtestConfigSchema>
