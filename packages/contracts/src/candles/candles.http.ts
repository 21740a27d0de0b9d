import { z } from 'zod'
import { msQuery, pageOf, pageQuery } from '../http/index.ts'
import { symbolName, venueName } from '../stream/index.ts'

/** Minutes to weeks; the store knows which ones bars can have. */
export const timeframeName = z
  .string()
  .regex(/^[1-9]\d{0,3}[smhdwM]$/, { error: 'a timeframe such as 1m, 1h or 1d' })

/** Which candles: venue, symbol and timeframe name a series. */
export const seriesName = z.object({ venue: venueName, symbol: symbolName, timeframe: timeframeName })
export type SeriesName = z.infer<typeof seriesName>

const flag = z.enum(['true', 'false']).default('false')

export const importQuery = seriesName.extend({
  shared: flag.describe('Into the series that all tenants read; needs the scope operator'),
  simulated: flag.describe('Made by a generator and not by a market; shown wherever the candles are used'),
})

export const importResult = z
  .object({
    inserted: z.int(),
    updated: z.int().describe('Bars that were there with other numbers and were replaced'),
    duplicates: z.int().describe('Bars that were there with the same numbers'),
    gaps: z.int().describe('Holes between the first and the last bar of this import, kept as they are'),
    missingBars: z.int(),
    fromMs: z.int(),
    toMs: z.int(),
    digest: z.string().describe('Of the whole series as it is now'),
  })
  .meta({ id: 'CandleImport' })

export const candlesQuery = seriesName.extend({
  ...pageQuery.shape,
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  from: msQuery.optional().describe('First open time, epoch ms'),
  to: msQuery.optional().describe('Open times below this, epoch ms'),
})

export const candleView = z
  .object({
    timestamp: z.int().describe('Open of the bar, epoch ms'),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Candle' })

export const candlePage = pageOf(candleView)

export const seriesView = seriesName
  .extend({
    isShared: z.boolean(),
    isSimulated: z.boolean(),
    bars: z.int(),
    firstMs: z.int(),
    lastMs: z.int(),
  })
  .meta({ id: 'CandleSeries' })
export const seriesList = z.object({ items: z.array(seriesView), nextCursor: z.null() })
