import { describe, expect, it } from 'vitest'
import { blockStatistics } from './block-statistics.ts'
import { compareHalves } from './halves.ts'

const trialsOf = (rows: readonly (readonly number[])[], blocks = 4) =>
  rows.map((row) => blockStatistics(Float64Array.from(row), { days: row.length, blocks }))

describe('compareHalves', () => {
  it('has the Sharpe ratios of the days before the middle and of those behind it', () => {
    // The returns of the example that the probability of overfitting is worked by hand for, and a trial that stood still.
    const compared = compareHalves(
      trialsOf([
        [3, 1, 2, 0, -1, 1, 1, -3],
        [-1, 1, 1, 2, 2, 2, 0, 4],
        [1, -1, 0, -2, 3, 1, -2, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
      ]),
    )
    if (!compared.ok) throw new Error(JSON.stringify(compared.error))
    const { days, first, second, rankCorrelation } = compared.value
    const rounded = (values: Float64Array) => [...values].map((value) => Number(value.toFixed(3)))
    expect(days).toEqual([4, 4])
    expect(rounded(first)).toEqual([1.162, 0.596, -0.387, 0])
    expect(rounded(second)).toEqual([-0.261, 1.225, 0.24, 0])
    // Ranks 4 3 1 2 and 1 4 3 2: 1 - 6 (9 + 1 + 4 + 0) / (4 (16 - 1)).
    expect(rankCorrelation).toBeCloseTo(-0.4, 14)
  })

  it('counts the days of halves that are not of equal length', () => {
    const compared = compareHalves(trialsOf([Array.from({ length: 22 }, (_, k) => k % 3), Array(22).fill(1)]))
    expect(compared).toMatchObject({ ok: true, value: { days: [11, 11] } })
    const odd = compareHalves(trialsOf([Array.from({ length: 23 }, (_, k) => k % 3), Array(23).fill(1)]))
    expect(odd).toMatchObject({ ok: true, value: { days: [11, 12] } })
  })

  it('refuses a trial alone, and trials over other days', () => {
    expect(compareHalves(trialsOf([[1, 2, 3, 4, 5, 6, 7, 8]]))).toMatchObject({ error: { path: 'trials' } })
    const unequal = [...trialsOf([[1, 2, 3, 4, 5, 6, 7, 8]]), ...trialsOf([[1, 2, 3, 4, 5, 6, 7, 8]], 2)]
    expect(compareHalves(unequal)).toMatchObject({ error: { path: 'trials[1]' } })
  })
})
