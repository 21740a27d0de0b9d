import { describe, expect, it } from 'vitest'
import { momentsOf } from './distribution.ts'
import { probabilisticSharpe } from './psr.ts'
import {
  annualVolatility,
  dailyRiskFreeRate,
  dailySharpe,
  dailySortino,
  gainOverLoss,
  stability,
} from './ratios.ts'

// Mean 0.01; squared deviations 0.0001 + 0.0009 + 0.0016 + 0 + 0.0004 = 0.003.
const RETURNS = Float64Array.of(0.02, -0.02, 0.05, 0.01, -0.01)
const MEAN = 0.01
const DEVIATION = Math.sqrt(0.003 / 4)

describe('ratios of daily returns', () => {
  it('annualise the sample deviation', () => {
    expect(annualVolatility(momentsOf(RETURNS), 365)).toBeCloseTo(DEVIATION * Math.sqrt(365), 14)
  })

  it('measure the mean above the risk-free day against the deviation', () => {
    expect(dailySharpe(momentsOf(RETURNS), 0)).toBeCloseTo(MEAN / DEVIATION, 14)
    expect(dailySharpe(momentsOf(RETURNS), 0.004)).toBeCloseTo(0.006 / DEVIATION, 14)
  })

  it('measure the mean against the downside over all days', () => {
    expect(dailySortino(RETURNS, 0)).toBeCloseTo(MEAN / Math.sqrt(0.0005 / 5), 14)
    expect(dailySortino(RETURNS, 0.01)).toBeCloseTo(0, 14)
  })

  it('compare gains with losses', () => {
    const { omega, gainToPain } = gainOverLoss(RETURNS)
    expect(omega).toBeCloseTo(0.08 / 0.03, 13)
    expect(gainToPain).toBeCloseTo(0.05 / 0.03, 13)
  })

  it('compound the risk-free rate of a day to that of a year', () => {
    expect((1 + dailyRiskFreeRate(0.05, 365)) ** 365).toBeCloseTo(1.05, 13)
  })

  it.each([
    ['volatility of one day', annualVolatility(momentsOf(Float64Array.of(0.1)), 365), 'TOO_FEW_DAYS'],
    ['Sharpe of one day', dailySharpe(momentsOf(Float64Array.of(0.1)), 0), 'TOO_FEW_DAYS'],
    ['Sharpe of equal days', dailySharpe(momentsOf(Float64Array.of(0.1, 0.1)), 0), 'ZERO_VARIANCE'],
    ['Sortino of no day', dailySortino(new Float64Array(), 0), 'TOO_FEW_DAYS'],
    ['Sortino without a loss', dailySortino(Float64Array.of(0, 0.1), 0), 'NO_NEGATIVE_RETURNS'],
    ['omega of no day', gainOverLoss(new Float64Array()).omega, 'TOO_FEW_DAYS'],
    ['omega without a loss', gainOverLoss(Float64Array.of(0.1)).omega, 'NO_NEGATIVE_RETURNS'],
    ['stability of one day', stability(Float64Array.of(1, 2)), 'TOO_FEW_DAYS'],
    ['stability of a flat curve', stability(Float64Array.of(1, 1, 1)), 'ZERO_VARIANCE'],
  ])('are undefined: %s', (_, measured, reason) => {
    expect(measured).toBe(reason)
  })
})

describe('stability', () => {
  it('is 1 for constant growth', () => {
    expect(stability(Float64Array.from({ length: 50 }, (_, k) => 1.01 ** k))).toBeCloseTo(1, 12)
  })

  it('is the squared correlation of time and log equity', () => {
    // Log returns cumulate to 1, 0, 2 at x = 0, 1, 2: r = 1 / 2.
    const daily = Float64Array.of(1, Math.E, 1, Math.E ** 2)
    expect(stability(daily)).toBeCloseTo(0.25, 13)
  })
})

describe('probabilisticSharpe', () => {
  const alternating = (high: number, low: number, n: number) =>
    Float64Array.from({ length: n }, (_, k) => (k % 2 === 0 ? high : low))

  it('is one half for a Sharpe ratio of 0', () => {
    expect(probabilisticSharpe(momentsOf(alternating(0.01, -0.01, 40)), 0)).toBe(0.5)
  })

  it('uses raw kurtosis: two equally likely values have skewness 0 and kurtosis 1', () => {
    const moments = momentsOf(alternating(0.03, -0.01, 50))
    const sharpe = dailySharpe(moments, 0)
    // The root is 1, so the argument is SR * sqrt(49) = 7 * 0.01 / (0.02 sqrt(50/49)).
    expect(sharpe).toBeCloseTo(0.5 * Math.sqrt(49 / 50), 13)
    expect(probabilisticSharpe(moments, sharpe)).toBeCloseTo(0.9997347099438745, 13)
  })

  it('needs 30 days and a spread', () => {
    expect(probabilisticSharpe(momentsOf(alternating(0.03, -0.01, 29)), 0.1)).toBe('TOO_FEW_DAYS')
    expect(probabilisticSharpe(momentsOf(new Float64Array(30)), 'ZERO_VARIANCE')).toBe('ZERO_VARIANCE')
  })
})
