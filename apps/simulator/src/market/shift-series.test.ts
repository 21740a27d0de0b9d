import { generateCandles } from '@botcriptofy/engine/market'
import { expect, it } from 'vitest'
import { recentTrades } from './history.ts'
import { prepareSeries, seriesEndMs, shiftSeries } from './series.ts'

const startMs = Date.UTC(2024, 0, 1)
const prepared = prepareSeries(
  generateCandles({ seed: 4, bars: 60, startMs, timeframeMs: 60_000, startPrice: 30_000 }),
  { timeframeMs: 60_000, seed: 9 },
)
if (!prepared.ok) throw new Error(prepared.error.expected)
const series = prepared.value

it('gives another market the prices of a later part of the path, at the same times, with trades of its own', () => {
  const other = shiftSeries(series, { seed: 10, shift: 20 })
  expect(other.candles.time).toEqual(series.candles.time.subarray(0, 40))
  expect(other.candles.close).toEqual(series.candles.close.subarray(20))
  const nowMs = seriesEndMs(other) - 1
  const trades = recentTrades(other, { nowMs, count: Number.POSITIVE_INFINITY })
  expect(trades.map(({ id }) => id)).toEqual(trades.map((_, at) => at + 1))
  expect(other.firstTradeIds.at(-1)).toBe(trades.length + 1)
  const volume = trades.reduce((sum, { amount }) => sum + amount, 0) / 10 ** series.amountDecimals
  expect(volume).toBeCloseTo(
    series.candles.volume.subarray(20).reduce((sum, one) => sum + one, 0),
    6,
  )
  expect(trades).not.toEqual(recentTrades(series, { nowMs, count: trades.length }))
})
