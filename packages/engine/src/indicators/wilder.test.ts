import { describe, expect, it } from 'vitest'
import { generateCandles } from '../market/index.ts'
import { computeIndicator } from './compute.ts'

/** The three steps that TA-Lib takes, one by one. */
const literalAtr = (
  { high, low, close }: { high: Float64Array; low: Float64Array; close: Float64Array },
  period: number,
): Float64Array => {
  const out = new Float64Array(close.length).fill(Number.NaN)
  let mean = 0
  for (let i = 1; i < close.length; i++) {
    const before = close[i - 1] ?? 0
    const range = Math.max(high[i] ?? 0, before) - Math.min(low[i] ?? 0, before)
    if (i <= period) mean += range
    if (i === period) mean /= period
    if (i > period) {
      mean *= period - 1
      mean += range
      mean /= period
    }
    if (i >= period) out[i] = mean
  }
  return out
}

const candles = generateCandles({
  seed: 5,
  bars: 250_000,
  startMs: 1_700_000_040_000,
  timeframeMs: 60_000,
  startPrice: 30_000,
  outagesPerDay: 1,
})

describe('a Wilder mean by two products', () => {
  it.each([
    [1, 1e-15],
    [2, 1e-14],
    [14, 1e-13],
    [200, 1e-12],
    [5_000, 1e-11],
    [100_000, 1e-10],
  ])('of %d bars stays within %d of the three literal steps', (period, tolerance) => {
    const [ours = new Float64Array(0)] = computeIndicator(candles, {
      type: 'atr',
      params: { period },
      source: 'close',
    })
    const literal = literalAtr(candles, period)
    const distances = literal.map((value, i) =>
      Number.isNaN(value) ? 0 : Math.abs((ours[i] ?? 0) / value - 1),
    )
    expect(distances.reduce((worst, distance) => Math.max(worst, distance), 0)).toBeLessThanOrEqual(tolerance)
    expect(ours.findIndex((value) => !Number.isNaN(value))).toBe(period)
  })
})
