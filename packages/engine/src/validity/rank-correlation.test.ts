import { describe, expect, it } from 'vitest'
import { rankCorrelation } from './rank-correlation.ts'

const of = (x: readonly number[], y: readonly number[]) =>
  rankCorrelation(Float64Array.from(x), Float64Array.from(y))

describe('rankCorrelation', () => {
  // The last two are those of scipy.stats.spearmanr.
  it.each([
    [[1, 2, 3, 4], [10, 100, 1000, 10_000], 1],
    [[1, 2, 3, 4], [4, 3, 2, 1], -1],
    [
      [106, 86, 100, 101, 99, 103, 97, 113, 112, 110],
      [7, 0, 27, 50, 28, 29, 20, 12, 6, 17],
      -0.17575757575757575,
    ],
    [[1, 1, 2, 3, 3, 3, -4], [2, 5, 5, 1, 8, 0, 0.5], 0.06608480480431908],
  ])('of %j and %j is %d', (x, y, expected) => {
    expect(of(x, y)).toBeCloseTo(expected, 14)
  })

  it.each([
    [
      [5, 5, 5],
      [1, 2, 3],
    ],
    [
      [1, 2, 3],
      [0, 0, 0],
    ],
    [[1], [1]],
  ])('of %j and %j is not defined', (x, y) => {
    expect(of(x, y)).toBe('ZERO_VARIANCE')
  })
})
