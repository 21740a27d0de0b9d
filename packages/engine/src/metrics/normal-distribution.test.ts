import { describe, expect, it } from 'vitest'
import { normalCdf } from './normal-distribution.ts'

// Computed with 30 digits from the error function and rounded to doubles.
const EXACT: readonly (readonly [number, number])[] = [
  [-12, 1.776482112077679e-33],
  [-8, 6.220960574271784e-16],
  [-5, 2.866515718791939e-7],
  [-3.5, 0.00023262907903552504],
  [-3, 0.0013498980316300946],
  [-2.999999, 0.0013499024634851548],
  [-1.6448536269514722, 0.05000000000000005],
  [-1, 0.15865525393145705],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [1e-10, 0.5000000000398942],
  [0.1, 0.539827837277029],
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [1.96, 0.9750021048517795],
  [2.5, 0.9937903346742238],
  [3, 0.9986501019683699],
  [4, 0.9999683287581669],
  [6, 0.9999999990134123],
]

describe('normalCdf', () => {
  it.each(EXACT)('of %f is %f', (x, exact) => {
    expect(Math.abs(normalCdf(x) - exact)).toBeLessThanOrEqual(2e-16 + exact * 1e-14)
  })

  it.each([
    [-Infinity, 0],
    [-60, 0],
    [60, 1],
    [Infinity, 1],
  ])('of %f is exactly %f', (x, exact) => {
    expect(normalCdf(x)).toBe(exact)
  })
})
