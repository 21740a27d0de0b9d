import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPermutation } from './permutation.ts'

const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 32 })

describe('a permutation', () => {
  it('takes each value of a small range once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), seeds, (size, seed) => {
        const permute = createPermutation(size, seed)
        const values = Array.from({ length: size }, (_, index) => permute(index))
        expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, index) => index))
      }),
      { seed: 41, numRuns: 200 },
    )
  })

  it('stays in ranges that no table holds, and repeats nothing', () => {
    const parts = fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })
    fc.assert(
      fc.property(fc.integer({ min: 1e6, max: 1e15 }), seeds, parts, (size, seed, places) => {
        const permute = createPermutation(size, seed)
        const near = [0, 1, 2, Math.ceil(Math.sqrt(size)), size - 2, size - 1]
        const indices = new Set([
          ...near,
          ...places.map((part) => Math.min(size - 1, Math.floor(part * size))),
        ])
        const values = [...indices].map(permute)
        expect(values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < size)).toBe(true)
        expect(new Set(values).size).toBe(indices.size)
      }),
      { seed: 42, numRuns: 1000 },
    )
  })

  it.each([0, -1, 1.5, 1e15 + 1, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => createPermutation(size, 1)).toThrow('permutation of')
  })

  // Over 4,000 seeds each value should stand at each place 4,000 / size times; the bounds are five deviations of
  // chi-square with (size - 1)^2 degrees of freedom.
  it.each([2, 3, 4, 6, 7, 10, 16])('brings every value of %d to every place equally often', (size) => {
    const counts = new Float64Array(size * size)
    for (let seed = 0; seed < 4000; seed++) {
      const permute = createPermutation(size, seed)
      for (let index = 0; index < size; index++) counts[index * size + permute(index)]! += 1
    }
    const expected = 4000 / size
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    const freedom = (size - 1) ** 2
    expect(chiSquare).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom))
  })

  it('spreads neighbours over the whole range without a trend', () => {
    const permute = createPermutation(1e9, 7)
    const values = Array.from({ length: 20_001 }, (_, index) => permute(index) / 1e9 - 0.5)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const serial =
      values.slice(1).reduce((sum, value, index) => sum + 12 * value * values[index]!, 0) / 20_000
    // The deviation of the mean of 20,001 uniform values is 0.00204, that of the correlation 0.0071.
    expect(Math.abs(mean)).toBeLessThan(0.0082)
    expect(Math.abs(serial)).toBeLessThan(0.0283)
  })

  it('stays what it is for ever, because stored results are found by it', () => {
    const first = (size: number, seed: number) => {
      const permute = createPermutation(size, seed)
      return [0, 1, 2, 3, 4].map(permute)
    }
    // From a second implementation of the network, in integers.
    expect(first(1e9, 1)).toEqual([502093937, 640295043, 761699087, 883679095, 644543273])
    expect(first(1e15, 2)).toEqual([
      904301295236100, 937741660370537, 998402662780718, 459990750565435, 677373974309536,
    ])
    expect(first(5, 3)).toEqual([2, 1, 3, 4, 0])
  })
})
