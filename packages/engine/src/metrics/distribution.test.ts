import { describe, expect, it } from 'vitest'
import {
  cvar95,
  excessKurtosis,
  momentsOf,
  quantileOfSorted,
  sampleDeviation,
  skewness,
  tailRatio,
  var95,
} from './distribution.ts'

// Six returns whose corrected skewness and kurtosis were computed with scipy.stats (bias=False).
const RETURNS = Float64Array.of(0.1, -0.05, 0.02, 0.03, -0.01, 0.04)
const ascending = (values: Float64Array) => values.slice().sort()
const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i - 5)

describe('shape of a distribution', () => {
  it('corrects skewness and kurtosis for the size of the sample', () => {
    expect(skewness(momentsOf(RETURNS))).toBeCloseTo(0.20559372709527332, 14)
    expect(excessKurtosis(momentsOf(RETURNS))).toBeCloseTo(0.8379077947441012, 13)
  })

  it('divides the deviation by n - 1', () => {
    expect(sampleDeviation(momentsOf(Float64Array.of(1, 2, 3, 4)))).toBeCloseTo(Math.sqrt(5 / 3), 15)
  })

  it.each([
    [Float64Array.of(1, 2), 'TOO_FEW_DAYS', 'TOO_FEW_DAYS'],
    [Float64Array.of(1, 1, 1), 'ZERO_VARIANCE', 'TOO_FEW_DAYS'],
    [Float64Array.of(1, 1, 1, 1), 'ZERO_VARIANCE', 'ZERO_VARIANCE'],
  ])('of %j has skewness %s and kurtosis %s', (values, skew, kurtosis) => {
    expect(skewness(momentsOf(values))).toBe(skew)
    expect(excessKurtosis(momentsOf(values))).toBe(kurtosis)
  })
})

describe('tails', () => {
  it.each([
    [0, -0.05],
    [0.05, -0.04],
    [0.5, 0.025],
    [0.95, 0.085],
    [1, 0.1],
  ])('have the quantile %f at %f', (q, value) => {
    expect(quantileOfSorted(ascending(RETURNS), q)).toBeCloseTo(value, 15)
  })

  it('compare the 95th with the 5th percentile', () => {
    expect(tailRatio(ascending(RETURNS))).toBeCloseTo(0.085 / 0.04, 13)
  })

  it('are undefined without returns, or with a 5th percentile of 0', () => {
    expect(tailRatio(new Float64Array())).toBe('TOO_FEW_DAYS')
    expect(tailRatio(new Float64Array(10))).toBe('ZERO_TAIL')
  })

  it('need 20 days for value at risk', () => {
    expect([var95(upTo(19)), cvar95(upTo(19))]).toEqual(['TOO_FEW_DAYS', 'TOO_FEW_DAYS'])
    // 20 values -5..14: position 0.95, and floor(0.95) + 1 = 1 smallest value.
    expect(var95(upTo(20))).toBeCloseTo(-4.05, 12)
    expect(cvar95(upTo(20))).toBe(-5)
    // 21 values: position exactly 1, and the 2 smallest values.
    expect(var95(upTo(21))).toBe(-4)
    expect(cvar95(upTo(21))).toBe(-4.5)
  })
})
