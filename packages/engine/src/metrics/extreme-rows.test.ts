import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extremeRows } from './extreme-rows.ts'

const RUNS = { seed: 11, numRuns: 200 }
const prices = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('extremeRows', () => {
  it('takes every row where there are few', () => {
    expect([...extremeRows([Float64Array.of(3, 1, 2)], 3, 10)]).toEqual([0, 1, 2])
    expect([...extremeRows([new Float64Array()], 0, 10)]).toEqual([])
  })

  it('loses no extreme, is ascending and no longer than two rows a bucket and column', () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 20 }), (values, buckets) => {
        const column = Float64Array.from(values)
        const rows = [...extremeRows([column], values.length, buckets)]
        const drawn = rows.map((row) => values[row] ?? Number.NaN)
        expect(Math.max(...drawn)).toBe(Math.max(...values))
        expect(Math.min(...drawn)).toBe(Math.min(...values))
        expect(rows.length).toBeLessThanOrEqual(2 * buckets + 2)
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b))
        expect([rows[0], rows.at(-1)]).toEqual([0, values.length - 1])
      }),
      RUNS,
    )
  })
})
