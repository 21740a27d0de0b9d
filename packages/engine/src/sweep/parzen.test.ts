import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { seededRandom } from '../kernel/index.ts'
import { normalCdf } from '../metrics/index.ts'
import { createParzen, type ParzenEstimator } from './parzen.ts'

const massesOf = (count: number, { massAt }: ParzenEstimator) =>
  Array.from({ length: count }, (_, position) => massAt(position))
const totalOf = (masses: readonly number[]) => masses.reduce((sum, mass) => sum + mass, 0)

describe('a Parzen estimator', () => {
  it('is uniform before anything is observed', () => {
    expect(massesOf(4, createParzen(4, []))).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  // One observation in the middle of three positions: its deviation is 1.5 (the distance to either end, and 3 / 2).
  // Tables of the normal distribution: Phi(1) - Phi(-1) = 0.682689, Phi(1/3) - Phi(-1/3) = 0.261117, and with the
  // prior's third the middle has (1/3 + 0.261117 / 0.682689) / 2.
  it('mixes the prior with a normal kernel cut at the ends', () => {
    const masses = massesOf(3, createParzen(3, [1]))
    expect(masses[1]).toBeCloseTo((1 / 3 + 0.261117 / 0.682689) / 2, 5)
    expect(masses[0]).toBeCloseTo((1 - masses[1]!) / 2, 12)
    expect(masses[2]).toBeCloseTo(masses[0]!, 12)
  })

  // Of 1, 5 and 6 on ten positions the greater distances to a neighbour or an end are 4, 4 and 3.5.
  it('makes a kernel as wide as the greater distance to its neighbours', () => {
    const kernel = (position: number, centre: number, deviation: number) => {
      const below = (edge: number) => normalCdf((edge - centre) / deviation)
      return (below(position + 0.5) - below(position - 0.5)) / (below(9.5) - below(-0.5))
    }
    for (const [position, mass] of massesOf(10, createParzen(10, [5, 1, 6])).entries()) {
      const kernels = kernel(position, 1, 4) + kernel(position, 5, 4) + kernel(position, 6, 3.5)
      expect(mass).toBeCloseTo((1 / 10 + kernels) / 4, 12)
    }
  })

  // With 99 observations or more kernels may be a hundredth of the axis wide: 0.02 positions, which is one position.
  it('counts observations where kernels are narrower than a position', () => {
    const observed = [...Array.from({ length: 120 }, () => 0), ...Array.from({ length: 80 }, () => 1)]
    const [first, second] = massesOf(2, createParzen(2, observed))
    // At the border of the two the kernels are as wide as their distance: one of each.
    expect(first).toBeCloseTo(120 / 200, 1)
    expect(second).toBeCloseTo(80 / 200, 1)
  })

  const scenes = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      observed: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 150 }),
      added: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 5 }),
    }),
  )

  it('sums to one, leaves no position out, and does not depend on the order', () => {
    fc.assert(
      fc.property(scenes, ({ count, observed, added }) => {
        const [estimator, reversed] = [observed, observed.toReversed()].map((list) =>
          createParzen(count, list),
        )
        expect(totalOf(massesOf(count, estimator!))).toBeCloseTo(1, 10)
        for (const position of added) estimator!.add(position)
        for (const position of added) reversed!.add(position)
        const masses = massesOf(count, estimator!)
        expect(totalOf(masses)).toBeCloseTo(1, 10)
        expect(Math.min(...masses)).toBeGreaterThanOrEqual(
          1 / count / (1 + observed.length + added.length) - 1e-15,
        )
        expect(massesOf(count, reversed!)).toEqual(masses)
      }),
      { seed: 71, numRuns: 300 },
    )
  })

  test.each([
    [1, []],
    [2, [0, 0, 1]],
    [12, [3, 3, 4, 11]],
    [12, Array.from({ length: 90 }, (_, index) => (index * index) % 12)],
  ])('draws from %d positions as often as it says', (count, observed) => {
    const estimator = createParzen(count, observed)
    const random = seededRandom(count)
    const counts = new Float64Array(count)
    for (let draw = 0; draw < 20_000; draw++) counts[estimator.sample(random)]! += 1
    const chiSquare = massesOf(count, estimator).reduce(
      (sum, mass, position) => sum + (counts[position]! - 20_000 * mass) ** 2 / (20_000 * mass),
      0,
    )
    expect(chiSquare).toBeLessThanOrEqual(count - 1 + 4 * Math.sqrt(2 * (count - 1)))
  })
})
