import { generateCandles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recentTrades, tradesIn } from './history.ts'
import { prepareSeries, seriesEndMs } from './series.ts'

const MINUTE_MS = 60_000
const startMs = Date.UTC(2024, 0, 1)
const prepared = prepareSeries(
  generateCandles({
    seed: 4,
    bars: 60,
    startMs,
    timeframeMs: MINUTE_MS,
    startPrice: 30_000,
    outagesPerDay: 20,
  }),
  { timeframeMs: MINUTE_MS, seed: 9 },
)
if (!prepared.ok) throw new Error(prepared.error.expected)
const series = prepared.value
const all = recentTrades(series, { nowMs: seriesEndMs(series), count: Number.POSITIVE_INFINITY })

const moment = fc.integer({ min: startMs - MINUTE_MS, max: seriesEndMs(series) + MINUTE_MS })
const ranges = fc.record(
  {
    fromId: fc.integer({ min: 0, max: all.length + 10 }),
    startMs: moment,
    endMs: moment,
    nowMs: moment,
    count: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: ['nowMs', 'count'] },
)

it('gives the oldest trades of a range of ids and times', () => {
  expect(all.length).toBeGreaterThan(300)
  fc.assert(
    fc.property(ranges, (range) => {
      const { fromId = 0, startMs: from = 0, endMs: to = range.nowMs, nowMs, count } = range
      const wanted = all.filter(
        ({ id, timeMs }) => id >= fromId && timeMs >= from && timeMs <= Math.min(to, nowMs),
      )
      expect(tradesIn(series, range)).toEqual(wanted.slice(0, count))
    }),
    { seed: 5, numRuns: 200 },
  )
})
