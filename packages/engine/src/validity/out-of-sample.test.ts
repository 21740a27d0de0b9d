import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EquityPiece, joinOutOfSample, walkForwardEfficiency } from './out-of-sample.ts'

const piece = (from: number, startEquity: number, ...equity: number[]): EquityPiece => ({
  time: Float64Array.from(equity, (_, row) => from + row),
  equity: Float64Array.from(equity),
  startEquity,
})

const YEAR = 365 * 86_400_000

describe('joinOutOfSample', () => {
  it('starts each piece with what the one before left', () => {
    const joined = joinOutOfSample([piece(0, 100, 110, 120), piece(5, 1000, 900, 1100)], 50)
    expect(joined).toEqual({
      ok: true,
      value: {
        time: Float64Array.of(0, 1, 5, 6),
        equity: Float64Array.of(55, 60, 54, 66),
        starts: [0, 2],
      },
    })
  })

  it('earns nothing any more once nothing is left', () => {
    const joined = joinOutOfSample([piece(0, 100, 50, -1, 80), piece(3, 100, 200)], 100)
    expect(joined.ok && [...joined.value.equity]).toEqual([50, 0, 0, 0])
  })

  it('passes over a window without rows', () => {
    const joined = joinOutOfSample([piece(0, 1, 2), piece(1, 1), piece(2, 1, 3)], 10)
    expect(joined.ok && joined.value).toMatchObject({
      equity: Float64Array.of(20, 60),
      starts: [0, 1, 1],
    })
  })

  it('is what the windows compound to', () => {
    const growth = fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(growth, (factors) => {
        const pieces = factors.map((factor, k) => piece(10 * k, 7 + k, 7 + k, (7 + k) * factor))
        const joined = joinOutOfSample(pieces, 1000)
        const end = joined.ok ? joined.value.equity.at(-1)! : Number.NaN
        const expected = factors.reduce((product, factor) => product * factor, 1000)
        expect(Math.abs(end / expected - 1)).toBeLessThan(1e-12)
      }),
      { seed: 4 },
    )
  })

  it.each<[string, readonly EquityPiece[], number, object]>([
    [
      'pieces that overlap',
      [piece(0, 1, 1, 1), piece(1, 1, 1)],
      1,
      { path: 'pieces[1].time[0]', expected: 'a time after 1', actual: '1' },
    ],
    [
      'a piece without capital',
      [piece(0, 0, 1)],
      1,
      { path: 'pieces[0].startEquity', expected: 'a number above 0', actual: '0' },
    ],
    ['no capital', [], 0, { path: 'startEquity', expected: 'a number above 0', actual: '0' }],
    [
      'equity that is not a number',
      [piece(0, 1, 1, Number.NaN)],
      1,
      { path: 'pieces[0].equity[1]', expected: 'a finite number', actual: 'NaN' },
    ],
    [
      'columns of different length',
      [{ ...piece(0, 1, 1), time: new Float64Array(2) }],
      1,
      { path: 'pieces[0].equity', expected: '2 rows as time', actual: '1' },
    ],
  ])('refuses %s', (...[, pieces, startEquity, error]) => {
    expect(joinOutOfSample(pieces, startEquity)).toEqual({ ok: false, error })
  })
})

describe('walkForwardEfficiency', () => {
  it('is the growth rate out of sample over that in sample', () => {
    // ln 1.21 a year in training, ln 1.1 a year in the test: half of it.
    const result = { trainReturn: 0.21, trainMs: YEAR, testReturn: 1.1 ** 0.5 - 1, testMs: YEAR / 2 }
    const { efficiency, windows, profitableWindows } = walkForwardEfficiency([result])
    expect(efficiency).toBeCloseTo(0.5, 12)
    expect(windows[0]).toBeCloseTo(0.5, 12)
    expect(profitableWindows).toBe(1)
  })

  it('weighs windows as their compounded curve does', () => {
    const { efficiency, windows, profitableWindows } = walkForwardEfficiency([
      { trainReturn: 1, trainMs: YEAR, testReturn: 0.5, testMs: YEAR },
      { trainReturn: 1, trainMs: YEAR, testReturn: -0.25, testMs: YEAR },
    ])
    expect(efficiency).toBeCloseTo(Math.log(1.5 * 0.75) / Math.log(4), 12)
    expect(windows[1]).toBeCloseTo(Math.log(0.75) / Math.log(2), 12)
    expect(profitableWindows).toBe(0.5)
  })

  it.each([
    ['NO_WINDOWS', []],
    ['NO_TRAINING_PROFIT', [{ trainReturn: -0.1, trainMs: 1, testReturn: 0.1, testMs: 1 }]],
    ['NO_TRAINING_PROFIT', [{ trainReturn: 0, trainMs: 1, testReturn: 0.1, testMs: 1 }]],
    ['BLOWN_ACCOUNT', [{ trainReturn: 0.1, trainMs: 1, testReturn: -1, testMs: 1 }]],
  ])('is undefined with %s', (reason, results) => {
    expect(walkForwardEfficiency(results).efficiency).toBe(reason)
  })
})
