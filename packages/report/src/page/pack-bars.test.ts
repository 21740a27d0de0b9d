import { generateCandles } from '@botcriptofy/engine/market'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from './decode.fixture.ts'
import { bucketStarts, type DrawnBars, mergeBars } from './downsample.ts'
import { decimalsOf, packBars } from './pack-bars.ts'
import { packBytes, packFloat32, packFloat64 } from './pack.ts'

const barsOf = (
  prices: readonly (readonly [number, number, number, number])[],
  times: readonly number[],
) => ({
  from: prices.map((_, k) => k),
  time: [...times],
  open: prices.map(([open]) => open),
  high: prices.map(([, high]) => high),
  low: prices.map(([, , low]) => low),
  close: prices.map(([, , , close]) => close),
})

const roundTrip = (bars: DrawnBars, rows: number) => {
  const packed = packBars(bars, rows, decimalsOf(bars))
  const decoded = decode.barsOf(packed)
  return { packed, decoded }
}

describe('packed bars', () => {
  it('come back exactly where prices have few decimals, over gaps in time', () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100)
    const bar = fc.tuple(price, price, price, price).map((values): [number, number, number, number] => {
      const [a, b] = values
      return [a, Math.max(...values), Math.min(...values), b]
    })
    const series = fc.array(fc.tuple(bar, fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(series, (list) => {
        let timeMs = 1_700_000_000_000
        const times = list.map(([, minutes]) => (timeMs += minutes * 60_000))
        const bars = barsOf(
          list.map(([prices]) => prices),
          times,
        )
        const { decoded } = roundTrip(bars, list.length)
        expect(decoded.bars).toEqual(
          list.map(([[open, high, low, close]], k) => ({
            time: (times[k] ?? 0) / 1000,
            open,
            high,
            low,
            close,
          })),
        )
        expect(decoded.rows).toEqual(list.map(() => 1))
      }),
      { seed: 4, numRuns: 200 },
    )
  })

  it.each([1e-8, 3e-3, 1, 40_000, 2e9])('keep seven digits of prices near %d', (startPrice) => {
    const candles = generateCandles({ seed: 2, bars: 500, timeframeMs: 60_000, startMs: 0, startPrice })
    const { decoded } = roundTrip(mergeBars(candles, 500, bucketStarts(500, 500)), 500)
    for (const [row, { open, high, low, close }] of decoded.bars.entries()) {
      for (const [seen, column] of [
        [open, candles.open],
        [high, candles.high],
        [low, candles.low],
        [close, candles.close],
      ] as const) {
        const exact = column[row] ?? 0
        expect(Math.abs(seen / exact - 1)).toBeLessThan(1e-6)
      }
    }
  })

  it('say for how many rows a merged bar stands', () => {
    const candles = generateCandles({ seed: 2, bars: 10, timeframeMs: 60_000, startMs: 0, startPrice: 5 })
    const { decoded } = roundTrip(mergeBars(candles, 10, bucketStarts(10, 3)), 10)
    expect(decoded.rows).toEqual([3, 4, 3])
    expect(decoded.bars.map(({ time }) => time)).toEqual([0, 180, 420])
  })

  it('may be none', () => {
    expect(roundTrip(barsOf([], []), 0).decoded.bars).toEqual([])
  })
})

describe('packed columns', () => {
  it('come back as they were', () => {
    const values = [0, -1.5, Number.NaN, 1e-8, 12_345.67]
    expect([...decode.float64(packFloat64(values))]).toEqual(values)
    expect([...decode.float32(packFloat32(values))]).toEqual(values.map(Math.fround))
    expect([...decode.bytesOf(packBytes([0, 1, 255]))]).toEqual([0, 1, 255])
  })
})
