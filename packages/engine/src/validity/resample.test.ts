import { describe, expect, it } from 'vitest'
import { seededRandom } from '../kernel/index.ts'
import { automaticBlockLength, type ResampleMethod, resamplerOf } from './resample.ts'

const drawOrders = (method: ResampleMethod, { length = 4, runs = 24_000, meanBlockLength = 1 }) => {
  const random = seededRandom(11)
  const resample = resamplerOf(method, meanBlockLength)
  const order = new Int32Array(length)
  return Array.from({ length: runs }, () => {
    resample(order, random)
    return [...order]
  })
}

const countBy = (orders: readonly (readonly number[])[]): number[] => {
  const counts = new Map<string, number>()
  for (const order of orders) counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1)
  return [...counts.values()]
}

/** Sum of squared deviations from equal counts over the count (chi squared). */
const chiSquared = (counts: readonly number[], cells: number): number => {
  const expected = counts.reduce((sum, count) => sum + count, 0) / cells
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('resamplers', () => {
  it('shuffle into each of the 24 orders of four equally often', () => {
    const counts = countBy(drawOrders('shuffle', {}))
    expect(counts).toHaveLength(24)
    // The 99.9th percentile of chi squared with 23 degrees of freedom.
    expect(chiSquared(counts, 24)).toBeLessThan(49.7)
  })

  it.each(['bootstrap', 'blocks'] as const)(
    'draw each of the 27 triples equally often (%s of one)',
    (method) => {
      const counts = countBy(drawOrders(method, { length: 3, runs: 27_000 }))
      expect(counts).toHaveLength(27)
      // The 99.9th percentile of chi squared with 26 degrees of freedom.
      expect(chiSquared(counts, 27)).toBeLessThan(54.1)
    },
  )

  it('draw every step equally often in blocks, the first and the last too', () => {
    const orders = drawOrders('blocks', { length: 10, runs: 20_000, meanBlockLength: 4 })
    const counts = Array.from({ length: 10 }, (_, step) => orders.flat().filter((at) => at === step).length)
    for (const count of counts) expect(count / 20_000).toBeCloseTo(1, 1)
  })

  it('end blocks with a probability of one over their mean length', () => {
    const orders = drawOrders('blocks', { length: 1000, runs: 100, meanBlockLength: 5 })
    const breaks = orders.flatMap((order) =>
      order.slice(1).filter((at, i) => at !== (order[i]! + 1) % order.length),
    )
    // One in a thousand new blocks happens to start where the old one would have gone on.
    expect(breaks.length / (100 * 999)).toBeCloseTo(0.2 * 0.999, 2)
  })
})

describe('automaticBlockLength', () => {
  it.each([
    [1000, 10],
    [64, 4],
    [0, 1],
  ])('of %i steps is %i', (steps, length) => {
    expect(automaticBlockLength(steps)).toBeCloseTo(length, 12)
  })
})
