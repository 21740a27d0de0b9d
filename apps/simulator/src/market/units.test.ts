import { describe, expect, it } from 'vitest'
import { decimalsOf, formatSteps, roundedDecimalsOf, toSteps } from './units.ts'

describe('decimalsOf', () => {
  it.each([
    [[1, 2], 0],
    [[93_012.45, 1.5], 2],
    [[0.00000719], 8],
    [[1e-9], undefined],
    [[0.00000719, 900_000_000], undefined],
    [[], 0],
  ])('of %j is %s', (values, decimals) => {
    expect(decimalsOf([Float64Array.from(values)])).toBe(decimals)
  })
})

describe('roundedDecimalsOf', () => {
  it.each([
    [[12.5], 1],
    [[12.380000000000003, 0.1 + 0.2], 2],
    [[1e-9], 0],
    [[900_000_000.1, 1e-8], undefined],
  ])('of %j is %s', (values, decimals) => {
    expect(roundedDecimalsOf(Float64Array.from(values))).toBe(decimals)
  })
})

describe('formatSteps', () => {
  it.each([
    [12_345, 2, '123.45000000'],
    [719, 8, '0.00000719'],
    [0, 2, '0.00000000'],
    [7, 0, '7.00000000'],
    [9_007_199_254_740_991, 8, '90071992.54740991'],
  ])('writes %d steps of 1e-%d as %s', (steps, decimals, text) => {
    expect(formatSteps(steps, decimals)).toBe(text)
  })

  it('gives back the number that the steps came from', () => {
    for (const value of [93_012.45, 0.1, 1.005, 64_117.99]) {
      expect(Number(formatSteps(toSteps(value, 3), 3))).toBe(value)
    }
  })
})
