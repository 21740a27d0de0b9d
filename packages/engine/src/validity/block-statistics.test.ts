import { describe, expect, it } from 'vitest'
import { blockCountFor, blockStatistics, curveBlocks } from './block-statistics.ts'

describe('blockStatistics', () => {
  it('splits days into blocks of neighbours whose lengths differ by at most one', () => {
    expect(blockStatistics(Float64Array.of(1, -2, 3, 4, 5, -6, 7), { days: 7, blocks: 4 })).toEqual([
      { count: 1, sum: 1, sumOfSquares: 1 },
      { count: 2, sum: 1, sumOfSquares: 13 },
      { count: 2, sum: 9, sumOfSquares: 41 },
      { count: 2, sum: 1, sumOfSquares: 85 },
    ])
  })

  it('counts days before the first return and behind the last as days without a position', () => {
    expect(blockStatistics(Float64Array.of(2, 3), { days: 8, blocks: 4, firstDay: 3 })).toEqual([
      { count: 2, sum: 0, sumOfSquares: 0 },
      { count: 2, sum: 2, sumOfSquares: 4 },
      { count: 2, sum: 3, sumOfSquares: 9 },
      { count: 2, sum: 0, sumOfSquares: 0 },
    ])
  })
})

const DAY_MS = 86_400_000
/** Two bars a day from the afternoon of day 100 on. */
const halfDays = (bars: number) => Float64Array.from({ length: bars }, (_, bar) => (100.6 + bar / 2) * DAY_MS)

describe('curveBlocks', () => {
  it('lays the days of a run over those of its candles, warm-up and all', () => {
    // 41 bars are 21 days from day 100 to day 120: four blocks of 5, 5, 5 and 6. The run begins on day 104.
    const curve = { firstDay: 104, daily: Float64Array.of(100, 110, 99, 99) }
    const blocks = curveBlocks(curve, halfDays(41))
    expect(blocks?.map(({ count }) => count)).toEqual([5, 5, 5, 6])
    expect(blocks?.map(({ sum }) => Number(sum.toFixed(12)))).toEqual([0.1, -0.1, 0, 0])
    expect(blocks?.map(({ sumOfSquares }) => Number(sumOfSquares.toFixed(12)))).toEqual([0.01, 0.01, 0, 0])
  })

  it.each([0, 37])('has none for %i bars, which are fewer than 20 days', (bars) => {
    expect(curveBlocks({ firstDay: 0, daily: Float64Array.of(1) }, halfDays(bars))).toBeNull()
  })
})

describe('blockCountFor', () => {
  it.each([
    [3000, 16],
    [80, 16],
    [79, 14],
    [54, 10],
    [20, 4],
    [19, null],
    [0, null],
  ])('of %i days is %j', (days, blocks) => {
    expect(blockCountFor(days)).toBe(blocks)
  })
})
