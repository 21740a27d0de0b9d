import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCdf } from '../metrics/index.ts'
import { normalQuantile } from './normal-quantile.ts'

// Computed with 40 digits and rounded to doubles.
const EXACT: readonly (readonly [number, number])[] = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798407],
  [1e-9, -5.9978070150076865],
  [0.01, -2.326347874040841],
  [0.0036787944117144234, -2.6802104449668827],
  [0.001, -3.0902323061678136],
  [0.02425, -1.972961051311885],
  [0.05, -1.6448536269514726],
  [0.1, -1.2815515655446004],
  [0.25, -0.6744897501960817],
  [0.4, -0.2533471031357997],
  [0.4999, -0.00025066283008800747],
  [0.6, 0.2533471031357997],
  [0.75, 0.6744897501960817],
  [0.95, 1.6448536269514722],
  [0.975, 1.9599639845400538],
  [0.999, 3.090232306167813],
  [0.9999999, 5.199337582290661],
]

describe('normalQuantile', () => {
  it.each(EXACT)('of %f is %f', (p, exact) => {
    expect(Math.abs(normalQuantile(p) - exact)).toBeLessThanOrEqual(1e-15 + Math.abs(exact) * 1e-14)
  })

  it.each([
    [0, -Infinity],
    [1, Infinity],
    [0.5, 0],
  ])('of %f is exactly %f', (p, exact) => {
    expect(normalQuantile(p)).toBe(exact)
  })

  it('undoes the distribution function in the lower tail', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 0, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThanOrEqual(1e-13 * Math.max(1, -x))
      }),
      { seed: 4, numRuns: 500 },
    )
  })
})
