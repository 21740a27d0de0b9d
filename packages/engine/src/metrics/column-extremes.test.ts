import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BLOCK_ROWS, createRangeExtremes } from './column-extremes.ts'

it('finds the highest and the lowest value of every stretch of rows', () => {
  const column = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 5 * BLOCK_ROWS })
  fc.assert(
    fc.property(column, (numbers) => {
      const { highest, lowest } = createRangeExtremes(Float64Array.from(numbers))
      for (let from = 0; from < numbers.length; from++) {
        for (let to = from + 1; to <= numbers.length; to++) {
          const rows = numbers.slice(from, to)
          expect([lowest(from, to), highest(from, to)]).toEqual([Math.min(...rows), Math.max(...rows)])
        }
      }
    }),
    { seed: 8, numRuns: 20 },
  )
})
