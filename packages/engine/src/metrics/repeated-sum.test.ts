import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addRepeatedly } from './repeated-sum.ts'

const oneByOne = (sum: number, value: number, count: number): number => {
  let total = sum
  for (let i = 0; i < count; i++) total += value
  return total
}

it.each([
  ['nothing added', 5, 3, 0],
  ['thirds from nothing', 0, 1 / 3, 1000],
  ['a value that the sum swallows', 2 ** 60, 1, 100],
  ['ties from an odd sum', 2 ** 53 + 2, 1, 100],
  ['ties over a power of two', 2 ** 54 - 12, 1, 100],
  ['ties of an odd step', 2 ** 53, 3, 1000],
  ['a value above the sum', 1e-9, 1e9 + 0.1, 100],
  ['many powers of two', 0, 0.1, 100_000],
])('equals the loop for %s', (_, sum, value, count) => {
  expect(addRepeatedly(sum, value, count)).toBe(oneByOne(sum, value, count))
})

it('equals the loop for any sum and value, to the last bit', () => {
  const size = fc
    .record({ digits: fc.integer({ min: 1, max: 2 ** 31 }), power: fc.integer({ min: -40, max: 40 }) })
    .map(({ digits, power }) => digits * 2 ** power)
  fc.assert(
    fc.property(size, size, fc.integer({ min: 0, max: 3000 }), (sum, value, count) => {
      expect(addRepeatedly(sum, value, count)).toBe(oneByOne(sum, value, count))
    }),
    { seed: 11, numRuns: 3000 },
  )
})
