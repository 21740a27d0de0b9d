import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDecimals } from './decimal-sum.ts'

describe('addDecimals', () => {
  it.each([
    ['0.1', '0.20', '0.30'],
    ['1', '2', '3'],
    ['0.00000001', '99999999999999999999', '99999999999999999999.00000001'],
    ['0', '0.00', '0.00'],
    ['9.99', '0.01', '10.00'],
  ])('%s and %s are %s', (a, b, sum) => {
    expect(addDecimals(a, b)).toBe(sum)
    expect(addDecimals(b, a)).toBe(sum)
  })

  it('adds whole units without loss', () => {
    const units = fc.bigInt({ min: 0n, max: 10n ** 30n })
    const written = (value: bigint) => {
      const digits = String(value).padStart(9, '0')
      return `${digits.slice(0, -8)}.${digits.slice(-8)}`
    }
    fc.assert(
      fc.property(units, units, (a, b) => addDecimals(written(a), written(b)) === written(a + b)),
      { seed: 13, numRuns: 300 },
    )
  })
})
