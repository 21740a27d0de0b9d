import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Axis, combinationCount, levelsAt, ordinalOf } from './axes.ts'
import { createSampler, distinctOrdinals, type Sampler } from './sampler.ts'

const axesOf = (...sizes: readonly number[]): readonly Axis[] =>
  sizes.map((size, axis) => [`p${axis}`, Array.from({ length: size }, (_, level) => level)])
const gridOrdinals = ({ length, gridOrdinalAt }: Sampler) =>
  Array.from({ length }, (_, k) => gridOrdinalAt(k))
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const countsOf = (axes: readonly Axis[], axis: number, sampler: Sampler): number[] => {
  const counts = axes[axis]![1].map(() => 0)
  for (const ordinal of gridOrdinals(sampler)) counts[levelsAt(axes, ordinal)[axis]!]! += 1
  return counts
}

describe('levels', () => {
  it('name the combination that the ordinal names', () => {
    const axes = axesOf(3, 4, 5)
    for (let ordinal = 0; ordinal < combinationCount(axes); ordinal++) {
      expect(ordinalOf(axes, levelsAt(axes, ordinal))).toBe(ordinal)
    }
    expect(levelsAt(axes, 59)).toEqual([2, 3, 4])
    expect(levelsAt(axes, 1)).toEqual([0, 0, 1])
  })
})

describe('a grid', () => {
  it('is every combination in the order of the axes', () => {
    expect(gridOrdinals(createSampler(axesOf(2, 3), { method: 'grid' }))).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('random', () => {
  it('never repeats a combination, stays in the grid, and depends on the seed alone', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.integer({ min: 1, max: 300 }), (lengths, seed, runs) => {
        const axes = axesOf(...lengths)
        const sampler = createSampler(axes, { method: 'random', runs, seed })
        const ordinals = gridOrdinals(sampler)
        expect(ordinals).toHaveLength(Math.min(runs, combinationCount(axes)))
        expect(new Set(ordinals).size).toBe(ordinals.length)
        expect(ordinals.every((ordinal) => ordinal >= 0 && ordinal < combinationCount(axes))).toBe(true)
        expect(gridOrdinals(createSampler(axes, { method: 'random', runs, seed }))).toEqual(ordinals)
        expect(distinctOrdinals(sampler)).toHaveLength(ordinals.length)
      }),
      { seed: 43, numRuns: 300 },
    )
  })

  it('begins with the same runs when more are asked for', () => {
    const axes = axesOf(1000, 1000, 1000)
    const [few, many] = [50, 400].map((runs) =>
      gridOrdinals(createSampler(axes, { method: 'random', runs, seed: 9 })),
    )
    expect(many!.slice(0, 50)).toEqual(few)
  })

  it('gives other runs for another seed', () => {
    const [one, other] = [1, 2].map((seed) =>
      gridOrdinals(createSampler(axesOf(100, 100), { method: 'random', runs: 20, seed })),
    )
    expect(one).not.toEqual(other)
  })
})

describe('a Latin hypercube', () => {
  it('takes every level of every axis equally often', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.integer({ min: 1, max: 300 }), (lengths, seed, wanted) => {
        const axes = axesOf(...lengths)
        const sampler = createSampler(axes, { method: 'latin_hypercube', runs: wanted, seed })
        const runs = sampler.length
        expect(runs).toBe(Math.min(wanted, combinationCount(axes)))
        for (const [axis, levels] of lengths.entries()) {
          const counts = countsOf(axes, axis, sampler)
          expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.floor(runs / levels))
          expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(runs / levels))
        }
      }),
      { seed: 44, numRuns: 300 },
    )
  })

  it('takes one level of each of as many equal strata as there are runs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 500 }),
        seeds,
        fc.integer({ min: 1, max: 60 }),
        (levels, seed, wanted) => {
          const axes = axesOf(levels, 500)
          const runs = Math.min(wanted, levels)
          const counts = countsOf(axes, 0, createSampler(axes, { method: 'latin_hypercube', runs, seed }))
          for (let stratum = 0; stratum < runs; stratum++) {
            const from = Math.floor((stratum * levels) / runs)
            const to = Math.floor(((stratum + 1) * levels) / runs)
            expect(counts.slice(from, to).reduce((sum, count) => sum + count, 0)).toBe(1)
          }
        },
      ),
      { seed: 45, numRuns: 200 },
    )
  })

  it('lists the runs that repeat none before them', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.integer({ min: 1, max: 200 }), (lengths, seed, runs) => {
        const sampler = createSampler(axesOf(...lengths), { method: 'latin_hypercube', runs, seed })
        const ordinals = gridOrdinals(sampler)
        const firsts = ordinals.flatMap((ordinal, k) => (ordinals.indexOf(ordinal) === k ? [k] : []))
        expect(distinctOrdinals(sampler)).toEqual(firsts)
      }),
      { seed: 46, numRuns: 300 },
    )
  })

  it('pairs the levels of two axes without a trend', () => {
    const axes = axesOf(100, 100)
    const sampler = createSampler(axes, { method: 'latin_hypercube', runs: 5000, seed: 3 })
    const products = gridOrdinals(sampler).map((ordinal) => {
      const [a, b] = levelsAt(axes, ordinal)
      return (12 * ((a! + 0.5) / 100 - 0.5) * ((b! + 0.5) / 100 - 0.5)) / 5000
    })
    // The deviation of the correlation of 5,000 independent pairs is 0.0141.
    expect(Math.abs(products.reduce((sum, product) => sum + product, 0))).toBeLessThan(0.0566)
  })

  it('is the grid when it has a run for every combination', () => {
    const sampler = createSampler(axesOf(2, 3), { method: 'latin_hypercube', runs: 6, seed: 1 })
    expect(gridOrdinals(sampler)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('holds a hundred thousand balanced runs of a thousand million combinations without storing one', () => {
    const axes = axesOf(1000, 1000, 1000)
    const sampler = createSampler(axes, { method: 'latin_hypercube', runs: 100_000, seed: 5 })
    expect(new Set(countsOf(axes, 2, sampler))).toEqual(new Set([100]))
  })
})

it('sampled combinations stay what they are for ever, because chunks are computed from them', () => {
  const first = (method: 'random' | 'latin_hypercube') =>
    gridOrdinals(createSampler(axesOf(12, 7, 30), { method, runs: 8, seed: 11 }))
  // From a second implementation, in integers.
  expect(first('random')).toEqual([1704, 54, 2509, 483, 657, 878, 1221, 1982])
  expect(first('latin_hypercube')).toEqual([1272, 2200, 921, 1497, 2055, 755, 182, 263])
})
