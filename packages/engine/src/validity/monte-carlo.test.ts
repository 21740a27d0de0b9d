import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dailySteps, type EquitySteps, type StepEffect, tradeSteps } from './equity-steps.ts'
import { resampleMonteCarlo, type ResampleInput } from './monte-carlo.ts'
import { RESAMPLE_METHODS } from './resample.ts'

const stepsOf = (effect: StepEffect, ...values: number[]): EquitySteps => ({
  effect,
  values: Float64Array.from(values),
  startEquity: 100,
})

const run = (input: Omit<ResampleInput, 'runs' | 'seed'> & Partial<ResampleInput>) => {
  const result = resampleMonteCarlo({ runs: 20_000, seed: 7, ...input })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

const DAY = 86_400_000

describe('tradeSteps', () => {
  it('are fractions of the realised equity before each trade when compounded', () => {
    const steps = tradeSteps(Float64Array.of(50, -30, 60), 100, 'compounded')
    expect(steps).toEqual({
      ok: true,
      value: { effect: 'compounded', values: Float64Array.of(0.5, -0.2, 0.5), startEquity: 100 },
    })
  })

  it('are the profits themselves when additive', () => {
    const steps = tradeSteps(Float64Array.of(50, -30), 100, 'additive')
    expect(steps.ok && [...steps.value.values]).toEqual([50, -30])
  })

  it('refuse a trade after nothing was left', () => {
    expect(tradeSteps(Float64Array.of(-100, 5), 100, 'compounded')).toEqual({
      ok: false,
      error: { path: 'trades[1]', expected: 'equity above 0 before the trade', actual: '0' },
    })
  })
})

describe('dailySteps', () => {
  it('are the returns of UTC days, 0 for a day without rows', () => {
    const time = Float64Array.of(0, DAY / 2, DAY, 3 * DAY)
    const equity = Float64Array.of(90, 110, 99, 198)
    const { values, effect } = dailySteps({ time, equity, startEquity: 100 })
    expect(effect).toBe('compounded')
    for (const [day, value] of [0.1, -0.1, 0, 1].entries()) expect(values[day]).toBeCloseTo(value, 14)
    expect(values).toHaveLength(4)
  })
})

describe('resampleMonteCarlo', () => {
  it('draws each order of a shuffle equally often', () => {
    // + - - falls from 110 to 90, - + - by a tenth of 100, - - + to 80: thirds of all orders.
    const result = run({
      steps: stepsOf('additive', 10, -10, -10),
      method: 'shuffle',
      drawdowns: [0.15, 0.19],
    })
    expect(result.finalEquity).toEqual({ p5: 90, p25: 90, p50: 90, p75: 90, p95: 90 })
    expect(result.probabilityOfLoss).toBe(1)
    const [oneFall, twoFalls] = result.probabilityOfDrawdown
    expect(oneFall!.probability).toBeCloseTo(2 / 3, 1)
    expect(twoFalls!.probability).toBeCloseTo(1 / 3, 1)
    expect(result.maxDrawdown.p5).toBeCloseTo(-0.2, 14)
    expect(result.maxDrawdown.p50).toBeCloseTo(-20 / 110, 14)
    expect(result.maxDrawdown.p95).toBeCloseTo(-0.1, 14)
    expect(result.observed).toEqual({ finalEquity: 90, maxDrawdown: 90 / 110 - 1 })
    expect(result.deeperThanObserved).toBeCloseTo(1 / 3, 1)
  })

  it('draws a bootstrap with replacement', () => {
    // Twice +100 % in a quarter of the runs, twice -50 % in another, each once in half of them.
    const result = run({ steps: stepsOf('compounded', 1, -0.5), method: 'bootstrap', drawdowns: [0.6] })
    expect(result.finalEquity).toEqual({
      p5: 25,
      p25: expect.any(Number),
      p50: 100,
      p75: expect.any(Number),
      p95: 400,
    })
    expect(result.probabilityOfLoss).toBeCloseTo(0.25, 1)
    expect(result.probabilityOfDrawdown[0]!.probability).toBeCloseTo(0.25, 1)
    expect(result.maxDrawdown.p5).toBe(-0.75)
    expect(result.maxDrawdown.p95).toBe(0)
    expect(result.meanBlockLength).toBeNull()
  })

  it('keeps neighbours together in blocks', () => {
    // Gains and losses alternate: a run of losses exists only where a new block begins.
    const steps = stepsOf('additive', ...Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? 1 : -1)))
    const whole = run({ steps, method: 'blocks', meanBlockLength: 1e9, runs: 500 })
    expect(whole.finalEquity).toEqual({ p5: 100, p25: 100, p50: 100, p75: 100, p95: 100 })
    expect(whole.maxDrawdown.p5).toBeGreaterThan(-0.011)
    const single = run({ steps, method: 'blocks', meanBlockLength: 1, runs: 500 })
    expect(single.maxDrawdown.p50).toBeLessThan(-0.1)
  })

  it('takes the cube root of the steps for the mean length of blocks', () => {
    const steps = stepsOf('additive', ...Array.from({ length: 1000 }, (_, k) => Math.sin(k)))
    expect(run({ steps, method: 'blocks', runs: 5 }).meanBlockLength).toBeCloseTo(10, 12)
  })

  it('gives the band at no more than 101 places, the start and the end among them', () => {
    const steps = stepsOf('additive', ...Array.from({ length: 1000 }, (_, k) => Math.sin(k)))
    const { band, finalEquity } = run({ steps, method: 'bootstrap', runs: 300 })
    expect(band.steps).toHaveLength(101)
    expect([band.steps[0], band.steps[1], band.steps.at(-1)]).toEqual([0, 10, 1000])
    expect([band.p5[0], band.p95[0]]).toEqual([100, 100])
    expect(band.p5.at(-1)).toBe(finalEquity.p5)
    expect(band.p95.at(-1)).toBe(finalEquity.p95)
  })

  it('ends a path for good where nothing is left', () => {
    const result = run({ steps: stepsOf('additive', -100, 300), method: 'shuffle', drawdowns: [0.9] })
    expect(result.finalEquity).toMatchObject({ p5: 0, p95: 300 })
    expect(result.probabilityOfDrawdown[0]!.probability).toBeCloseTo(0.5, 1)
  })

  it('calls no order worse for the rounding of its product', () => {
    const values = [0.1, -0.3, 0.07, 1 / 0.7 / 1.1 / 1.07 - 1]
    const { probabilityOfLoss } = run({ steps: stepsOf('compounded', ...values), method: 'shuffle' })
    expect(probabilityOfLoss).toBe(0)
  })

  it('is the same for the same seed and another one for another', () => {
    const steps = stepsOf('compounded', 0.1, -0.07, 0.03, 0.02, -0.05, 0.2)
    const input = { steps, method: 'bootstrap', runs: 200 } as const
    expect(run({ ...input, seed: 3 })).toEqual(run({ ...input, seed: 3 }))
    expect(run({ ...input, seed: 4 })).not.toEqual(run({ ...input, seed: 3 }))
    expect(run({ ...input, seed: 3 }).finalEquity).toEqual({
      p5: 85.24362217237497,
      p25: 104.00583204,
      p50: 113.816997891,
      p75: 138.91161690000004,
      p95: 170.82283535999997,
    })
  })

  it('holds what must hold for any steps', () => {
    const values = fc.array(fc.double({ min: -0.9, max: 1, noNaN: true }), { minLength: 2, maxLength: 30 })
    fc.assert(
      fc.property(values, fc.constantFrom(...RESAMPLE_METHODS), fc.integer(), (fractions, method, seed) => {
        const result = run({ steps: stepsOf('compounded', ...fractions), method, seed, runs: 50 })
        const { finalEquity, maxDrawdown, band, probabilityOfDrawdown, observed } = result
        for (const { p5, p25, p50, p75, p95 } of [finalEquity, maxDrawdown]) {
          expect([p5, p25, p50, p75, p95]).toEqual([p5, p25, p50, p75, p95].toSorted((a, b) => a - b))
        }
        expect(maxDrawdown.p95).toBeLessThanOrEqual(0)
        expect(maxDrawdown.p5).toBeGreaterThanOrEqual(-1)
        expect(band.steps).toHaveLength(fractions.length + 1)
        const falls = probabilityOfDrawdown.map(({ probability }) => probability)
        expect(falls).toEqual(falls.toSorted((a, b) => b - a))
        if (method !== 'shuffle') return
        expect(Math.abs(finalEquity.p5 / observed.finalEquity - 1)).toBeLessThan(1e-9)
        expect(Math.abs(finalEquity.p95 / observed.finalEquity - 1)).toBeLessThan(1e-9)
      }),
      { seed: 4, numRuns: 100 },
    )
  })

  it.each<[Partial<ResampleInput>, object]>([
    [{ runs: 0 }, { path: 'runs', expected: 'a whole number from 1 to 100000', actual: '0' }],
    [{ runs: 1e6 }, { path: 'runs', expected: 'a whole number from 1 to 100000', actual: '1000000' }],
    [{ seed: 0.5 }, { path: 'seed', expected: 'a whole number', actual: '0.5' }],
    [{ drawdowns: [0.1, 10] }, { path: 'drawdowns', expected: 'fractions between 0 and 1', actual: '10' }],
    [{ steps: stepsOf('additive', 1) }, { path: 'steps', expected: '2 or more', actual: '1' }],
    [
      { steps: { ...stepsOf('additive', 1, 2), startEquity: 0 } },
      { path: 'startEquity', expected: 'a number above 0', actual: '0' },
    ],
    [
      { method: 'blocks', meanBlockLength: 0.5 },
      { path: 'meanBlockLength', expected: 'a number, 1 or more', actual: '0.5' },
    ],
  ])('refuses %j', (change, problem) => {
    const input = { steps: stepsOf('additive', 1, 2), method: 'shuffle', runs: 10, seed: 1 } as const
    expect(resampleMonteCarlo({ ...input, ...change })).toEqual({ ok: false, error: [problem] })
  })
})
