import type { Candles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketStarts, mergeBars } from './downsample.ts'

const RUNS = { seed: 11, numRuns: 200 }
const prices = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('mergeBars', () => {
  const candlesOf = (values: readonly number[]): Candles => {
    const close = Float64Array.from(values)
    return {
      time: Float64Array.from(values, (_, i) => i * 60_000),
      open: Float64Array.from(values, (value, i) => values[i - 1] ?? value),
      high: close.map((value) => value + 1),
      low: close.map((value) => value - 1),
      close,
      volume: close,
    }
  }

  it('merges open, extremes and close', () => {
    expect(mergeBars(candlesOf([5, 9, 3, 6]), 4, [0, 2])).toEqual({
      from: [0, 2],
      time: [0, 120_000],
      open: [5, 9],
      high: [10, 7],
      low: [4, 2],
      close: [9, 6],
    })
  })

  it('keeps the bars as they are where there are few, and reads no row beyond the run', () => {
    expect(mergeBars(candlesOf([5, 9, 3]), 2, bucketStarts(2, 10)).close).toEqual([5, 9])
  })

  it('keeps the extremes and both ends of any series', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 20 }), (values, buckets) => {
        const bars = mergeBars(candlesOf(values), values.length, bucketStarts(values.length, buckets))
        expect(bars.time.length).toBe(Math.min(values.length, buckets))
        expect(Math.max(...bars.high)).toBe(Math.max(...values) + 1)
        expect(Math.min(...bars.low)).toBe(Math.min(...values) - 1)
        expect(bars.open[0]).toBe(values[0])
        expect(bars.close.at(-1)).toBe(values.at(-1))
      }),
      RUNS,
    )
  })
})
