import { type PeriodicTables, PERIODS } from '@botcriptofy/engine/metrics'
import { z } from 'zod'

const periodReturn = z.object({
  fromMs: z.number().describe('First instant of the period, epoch ms UTC'),
  returnFraction: z.number(),
})

const periodSummary = z.object({
  periods: z.int().min(0),
  best: periodReturn.nullable(),
  worst: periodReturn.nullable(),
  positiveFraction: z.number().nullable(),
  meanReturn: z.number().nullable(),
})

/** Returns by UTC calendar period and results by the hour of entry, as `backtest --tables --json` prints them. */
export const periodicSchema = z
  .object({
    summary: z.object(
      Object.fromEntries(PERIODS.map((period) => [period, periodSummary])) as Record<
        (typeof PERIODS)[number],
        typeof periodSummary
      >,
    ),
    months: z.array(periodReturn),
    years: z.array(periodReturn),
    entryHours: z.array(
      z.object({
        weekday: z.int().min(1).max(7).describe('1 is Monday'),
        hour: z.int().min(0).max(23),
        trades: z.int().min(1),
        wins: z.int().min(0),
        pnl: z.number(),
        meanReturn: z.number(),
      }),
    ),
  })
  .meta({ id: 'PeriodicTables' }) satisfies z.ZodType<PeriodicTables>
