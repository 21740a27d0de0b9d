import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quantileOfSorted } from './distribution.ts'
import { medianOf, selectNth } from './select.ts'

const values = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 })

it('selects what sorting puts at the place', () => {
  fc.assert(
    fc.property(values, fc.nat(), (numbers, place) => {
      const k = place % numbers.length
      expect(selectNth(Float64Array.from(numbers), k)).toBe(Float64Array.from(numbers).sort()[k])
    }),
    { seed: 3, numRuns: 2000 },
  )
})

it('takes the median of sorted values', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      expect(medianOf(Float64Array.from(numbers))).toBe(
        quantileOfSorted(Float64Array.from(numbers).sort(), 0.5),
      )
    }),
    { seed: 4, numRuns: 1000 },
  )
})
