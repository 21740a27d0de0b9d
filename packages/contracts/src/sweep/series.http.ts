import { z } from 'zod'
import { acceptedRun, runShape } from '../backtest/index.ts'
import { pageOf, pageQuery } from '../http/index.ts'

const member = z.object({
  id: runShape.id.describe('Of the sweep over this series'),
  venue: runShape.venue,
  symbol: runShape.symbol,
  timeframe: runShape.timeframe,
})

export const acceptedSweep = acceptedRun
  .extend({
    series: z
      .array(member)
      .optional()
      .describe(
        'Of a sweep over several series: the sweep of each in the order given, the first named by id',
      ),
  })
  .meta({ id: 'AcceptedSweep' })

export const overSeriesQuery = pageQuery.extend({
  sort: z
    .enum(['worst', 'median'])
    .default('worst')
    .describe('Of the scores over the series, the highest first; more series completed come before'),
})

const seriesRun = z.object({
  sweepId: z.uuid(),
  ordinal: z.int(),
  score: z.number().nullable(),
  violation: z.number(),
  totalReturn: z.number().nullable(),
})

export const combinationOverSeries = z
  .object({
    params: z.record(z.string(), z.number()),
    completed: z.int().describe('Series on which it has a result'),
    kept: z.int().describe('Series on which it keeps all constraints'),
    profitable: z.int().describe('Series on which its return is above 0'),
    worst: z.number().nullable().describe('Lowest score; null while one is missing or undefined'),
    median: z.number().nullable().describe('Of the scores; null while one is missing or undefined'),
    runs: z.array(seriesRun).describe('Its result on each series that has one, in the order of series'),
  })
  .meta({ id: 'CombinationOverSeries' })
export type CombinationOverSeries = z.infer<typeof combinationOverSeries>

export const overSeriesPage = pageOf(combinationOverSeries).extend({
  series: z.array(
    member.extend({
      status: runShape.status,
      progress: runShape.progress,
      isSimulated: runShape.isSimulated,
    }),
  ),
})
export type OverSeriesPage = z.infer<typeof overSeriesPage>

export const cancelledSeries = z
  .object({ series: z.array(z.object({ id: z.uuid(), status: runShape.status })) })
  .meta({ id: 'CancelledSeries' })
