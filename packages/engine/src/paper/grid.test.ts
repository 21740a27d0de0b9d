import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGrid, createPriceGrid, nextDouble } from './grid.ts'

describe('createGrid', () => {
  it.each<readonly [step: number, value: number, down: number, up: number]>([
    [0.01, 100.02, 100.02, 100.02],
    [0.01, 100.024, 100.02, 100.03],
    [0.01, 100.02 + 1e-13, 100.02, 100.02],
    [0.5, -100.3, -100.5, -100],
    [10, 123, 120, 130],
    [0.15, 0.45, 0.45, 0.45],
    [1e-8, 0.123456789, 0.12345678, 0.12345679],
    [1, 96.00000000000001, 96, 96],
  ])('with step %d rounds %d down to %d and up to %d', (...[step, value, down, up]) => {
    const grid = createGrid(step)
    expect([grid.down(value), grid.up(value)]).toEqual([down, up])
  })

  it.each<readonly [step: number, value: number, index: number]>([
    [0.1, 0.7, 7],
    [0.1, 0.3, 3],
    [0.001, 0.0009999999999, 0],
    [1, 2.9999999999, 2],
    [1e-8, 41.43341209, 4_143_341_209],
    [3, 9.5, 3],
  ])('with step %d counts whole steps of %d as %d', (...[step, value, index]) => {
    expect(createGrid(step).floorIndex(value)).toBe(index)
  })

  it('never counts more than the value holds, nor a step less', () => {
    const steps = fc.constantFrom(1, 0.1, 0.01, 1e-5, 1e-8, 0.25, 3, 0.15)
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1e5, noNaN: true }), (step, value) => {
        const grid = createGrid(step)
        const index = grid.floorIndex(value)
        expect(grid.at(index)).toBeLessThanOrEqual(value)
        expect(grid.at(index + 1)).toBeGreaterThan(value)
      }),
      { seed: 5, numRuns: 2000 },
    )
  })

  it('prints multiples as people write them', () => {
    expect([createGrid(0.1).at(3), createGrid(1e-8).at(4_143_341_209)].map(String)).toEqual([
      '0.3',
      '41.43341209',
    ])
  })
})

describe('what is beyond a limit', () => {
  it.each<readonly [tick: number | null, value: number, beyond: number]>([
    [0.5, 104, 104.5],
    [0.5, -104, -103.5],
    [0.01, 100.02, 100.03],
    [null, 1, 1 + Number.EPSILON],
    [null, -1, -1 + Number.EPSILON / 2],
    [null, 0, Number.MIN_VALUE],
  ])('with tick %d of %d is %d', (...[tick, value, beyond]) => {
    expect(createPriceGrid(tick).beyond(value)).toBe(beyond)
  })

  it('is the next double where there is no tick', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), fc.boolean(), (size, isNegative) => {
        const value = isNegative ? -size : size
        const next = nextDouble(value)
        expect(next).toBeGreaterThan(value)
        const middle = value / 2 + next / 2
        expect(middle === value || middle === next).toBe(true)
      }),
      { seed: 6, numRuns: 2000 },
    )
  })
})
