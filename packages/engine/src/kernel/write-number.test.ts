import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_NUMBER_BYTES, writeNumber } from './write-number.ts'

const OFFSET = 3
const UNTOUCHED = 7

/** What is written; nothing may be written before it, nor beyond the room it needs. */
const written = (value: number): string => {
  const bytes = new Uint8Array(OFFSET + MAX_NUMBER_BYTES + 1).fill(UNTOUCHED)
  const end = writeNumber(new DataView(bytes.buffer), OFFSET, value)
  expect([...bytes.subarray(0, OFFSET), bytes.at(-1)]).toEqual([...Array(OFFSET + 1).fill(UNTOUCHED)])
  return String.fromCharCode(...bytes.subarray(OFFSET, end))
}

const powers = Array.from({ length: 44 }, (_, k) => 10 ** (k - 22))
const binaryPowers = Array.from({ length: 120 }, (_, k) => 2 ** (k - 60))
const view = new DataView(new ArrayBuffer(8))
/** The doubles just below and above. */
const neighbours = (value: number): number[] =>
  [-1n, 0n, 1n].map((step) => {
    view.setFloat64(0, value)
    view.setBigInt64(0, view.getBigInt64(0) + step)
    return view.getFloat64(0)
  })

const sample: readonly (readonly [string, readonly number[]])[] = [
  ['zero', [0, -0]],
  ['what is no number', [NaN, Infinity, -Infinity]],
  ['the ends of the doubles', [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]],
  [
    'integers',
    [1, 9, 10, 11, 99, 100, 101, 12_345, 99_999_999, 1e8, 100_000_001, 1_700_000_000_000, 2 ** 53],
  ],
  ['integers beside 10^15', [999_999_999_999_999, 1e15, 1e15 + 1, 1e20, 1e21, 1e22]],
  ['short fractions', [0.1, 0.2, 0.3, 0.5, 1.5, 4.35, 0.33423052, 1e-6, 1.5e-6, 29_889.57, 100_000_000.5]],
  ['long fractions', [0.1 + 0.2, 1 / 3, 2 / 3, 29_889.579974828277, -0.004598853311675568, 1e-8, 9.5e-7]],
  ['powers of ten and their neighbours', powers.flatMap(neighbours)],
  ['powers of two and their neighbours', binaryPowers.flatMap(neighbours)],
  [
    'just below round numbers',
    [9.999999999999998, 0.9999999999999999, 99.99999999999999, 999_999_999_999_999.9],
  ],
  [
    'halfway between what is printed',
    [0.5, 2.5, 1_000_000.125, 562_949_953_421_311.25, 9_007_199_254_740.992],
  ],
]

describe('writeNumber', () => {
  it.each(sample)('prints %s as JSON does', (_name, values) => {
    for (const value of values) {
      expect(written(value)).toBe(JSON.stringify(value))
      expect(written(-value)).toBe(JSON.stringify(-value))
    }
  })

  const decimals = fc
    .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => digits / 10 ** places)
  const cut = fc
    .tuple(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), fc.integer({ min: 1, max: 17 }))
    .map(([value, digits]) => Number(value.toPrecision(digits)))

  it.each<[string, fc.Arbitrary<number>, number]>([
    ['any double', fc.double(), 20_000],
    ['any price', fc.double({ min: 1e-6, max: 1e6, noNaN: true }), 20_000],
    ['any fraction of the money', fc.double({ min: -1, max: 1, noNaN: true }), 20_000],
    ['any decimal', decimals, 20_000],
    ['any double of few digits', cut, 20_000],
    ['any integer', fc.maxSafeInteger(), 5_000],
  ])('prints %s as JSON does', (_name, values, numRuns) => {
    const bytes = new Uint8Array(MAX_NUMBER_BYTES)
    const text = new DataView(bytes.buffer)
    fc.assert(
      fc.property(values, (value) => {
        const end = writeNumber(text, 0, value)
        return String.fromCharCode(...bytes.subarray(0, end)) === JSON.stringify(value)
      }),
      { seed: 20_240_611, numRuns },
    )
  })

  it('prints evenly spread fractions as JSON does', () => {
    const bytes = new Uint8Array(MAX_NUMBER_BYTES)
    const text = new DataView(bytes.buffer)
    let value = 1e-6
    for (let run = 0; run < 200_000; run++) {
      // Some six thousand to a power of ten, of every length of digits.
      value *= 1.000_24
      if (value > 1e15) value = 1.1e-6
      const end = writeNumber(text, 0, value)
      if (String.fromCharCode(...bytes.subarray(0, end)) !== JSON.stringify(value)) {
        expect.fail(`${JSON.stringify(value)} was written otherwise`)
      }
    }
  })
})
