import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveMetrics, momentsOf, type SharpeEstimate } from '../metrics/index.ts'
import { deflatedSharpe, expectedMaximumSharpe, sharpeEstimate, trialSpread } from './deflated-sharpe.ts'

// The example of Bailey & Lopez de Prado (2014): Sharpe ratio 2.5 a year of 250 days, 5 years, 100 trials whose yearly
// Sharpe ratios have a variance of 1/2.
const DAYS_A_YEAR = 250
const PAPER: SharpeEstimate = {
  sharpe: 2.5 / Math.sqrt(DAYS_A_YEAR),
  observations: 1250,
  skewness: -3,
  kurtosis: 10,
}
const variance = 0.5 / DAYS_A_YEAR

describe('deflatedSharpe', () => {
  it('has the values that the paper prints for its example', () => {
    expect(expectedMaximumSharpe({ trials: 100, variance })).toBeCloseTo(0.1132, 4)
    expect(deflatedSharpe(PAPER, { trials: 100, variance })).toBeCloseTo(0.9004, 4)
    expect(deflatedSharpe(PAPER, { trials: 46, variance })).toBeCloseTo(0.9505, 4)
    const normal = { ...PAPER, skewness: 0, kurtosis: 3 }
    expect(deflatedSharpe(normal, { trials: 88, variance })).toBeCloseTo(0.9505, 4)
  })

  it('has the digits of an independent computation', () => {
    expect(expectedMaximumSharpe({ trials: 100, variance })).toBeCloseTo(0.11317200186513214, 14)
    expect(deflatedSharpe(PAPER, { trials: 100, variance })).toBeCloseTo(0.9003968344493904, 12)
    expect(deflatedSharpe(PAPER, { trials: 46, variance })).toBeCloseTo(0.9505017068755786, 12)
  })

  it('is the probabilistic Sharpe ratio when a single thing was tried', () => {
    const equity = Float64Array.from({ length: 61 }, (_, k) => 100 + 5 * Math.sin(k * k) + k)
    const time = equity.map((_, k) => k * 86_400_000)
    const { metrics } = curveMetrics({ time, equity, periodsPerYear: 365, riskFreeRate: 0 })
    const { sharpe, skew, excessKurtosis, psr } = metrics
    const best = sharpeEstimate({
      sharpe: sharpe!,
      skew: skew!,
      excessKurtosis: excessKurtosis!,
      observations: 60,
      periodsPerYear: 365,
    })
    expect(deflatedSharpe(best, { trials: 1, variance: 1 })).toBeCloseTo(psr!, 12)
  })

  it('falls with every further trial and with their spread', () => {
    const trials = fc.integer({ min: 2, max: 5000 })
    const spread = fc.double({ min: 1e-4, max: 1e-2, noNaN: true })
    fc.assert(
      fc.property(trials, spread, (count, v) => {
        const value = deflatedSharpe(PAPER, { trials: count, variance: v }) as number
        expect(deflatedSharpe(PAPER, { trials: count + 1, variance: v })).toBeLessThan(value)
        expect(deflatedSharpe(PAPER, { trials: count, variance: v * 1.1 })).toBeLessThan(value)
      }),
      { seed: 4 },
    )
  })

  it.each([
    ['TOO_FEW_TRIALS', PAPER, { trials: 0, variance: 0 }],
    ['TOO_FEW_DAYS', { ...PAPER, observations: 29 }, { trials: 5, variance }],
    ['ZERO_VARIANCE', { ...PAPER, sharpe: 1, skewness: 4 }, { trials: 5, variance }],
  ])('is undefined: %s', (reason, best, tried) => {
    expect(deflatedSharpe(best, tried)).toBe(reason)
  })
})

describe('expectedMaximumSharpe', () => {
  // Largest of n standard normals, from the integral with 30 digits; the paper's form is asymptotic.
  it.each([
    [5, 1.1629644736405196],
    [10, 1.538752730835173],
    [100, 2.507593636441684],
    [1000, 3.241435769133441],
  ])('of %i trials is within 3 %% of the exact %f deviations', (trials, exact) => {
    const approximate = expectedMaximumSharpe({ trials, variance: 1 }) as number
    expect(Math.abs(approximate / exact - 1)).toBeLessThan(0.03)
  })
})

describe('trialSpread', () => {
  it('leaves out trials without a Sharpe ratio', () => {
    expect(trialSpread([1, null, 2, 6, null])).toEqual({ trials: 3, variance: 7 })
  })

  it.each([
    [[], { trials: 0, variance: 0 }],
    [[3], { trials: 1, variance: 0 }],
  ])('of %j is %j', (sharpes, spread) => {
    expect(trialSpread(sharpes)).toEqual(spread)
  })
})

describe('sharpeEstimate', () => {
  it('takes the bias corrections of the published moments back', () => {
    const returns = Float64Array.of(0.01, -0.02, 0.03, 0.005, -0.04, 0.02, 0.015)
    const equity = [100]
    for (const value of returns) equity.push(equity.at(-1)! * (1 + value))
    const time = Float64Array.from(equity, (_, k) => k * 86_400_000)
    const input = { time, equity: Float64Array.from(equity), periodsPerYear: 252, riskFreeRate: 0 }
    const { sharpe, skew, excessKurtosis } = curveMetrics(input).metrics
    const { m2, m3, m4, mean } = momentsOf(returns)
    const estimate = sharpeEstimate({
      sharpe: sharpe!,
      skew: skew!,
      excessKurtosis: excessKurtosis!,
      observations: 7,
      periodsPerYear: 252,
    })
    expect(estimate.sharpe).toBeCloseTo(mean / Math.sqrt((m2 * 7) / 6), 10)
    expect(estimate.skewness).toBeCloseTo(m3 / m2 ** 1.5, 10)
    expect(estimate.kurtosis).toBeCloseTo(m4 / m2 ** 2, 10)
  })
})
