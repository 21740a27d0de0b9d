import { describe, expect, it } from 'vitest'
import { blockCountFor, blockStatistics } from './block-statistics.ts'

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
