import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from './daily.ts'
import { curveMetrics } from './curve-metrics.ts'
import { rollingSharpe } from './rolling-sharpe.ts'

const RATES = { riskFreeRate: 0.02, periodsPerYear: 365 }
const seriesOf = (equity: readonly number[], startEquity = 100) => ({
  time: Float64Array.from(equity, (_, day) => Date.UTC(2024, 0, 1) + day * DAY_MS),
  equity: Float64Array.from(equity),
  from: 0,
  to: equity.length,
  startEquity,
})

describe('the rolling Sharpe ratio', () => {
  it('is in every window the Sharpe ratio of that stretch of the curve', () => {
    const curves = fc.array(fc.double({ min: 50, max: 200, noNaN: true }), { minLength: 4, maxLength: 40 })
    fc.assert(
      fc.property(curves, fc.integer({ min: 2, max: 10 }), (equity, windowDays) => {
        const { rows, values } = rollingSharpe(seriesOf(equity), windowDays, RATES)
        expect(values).toHaveLength(Math.max(0, equity.length - windowDays + 1))
        for (const [k, value] of values.entries()) {
          const stretch = [100, ...equity].slice(k, k + windowDays + 1)
          const { time, equity: column } = seriesOf(stretch)
          const { sharpe } = curveMetrics({ time, equity: column, ...RATES }).metrics
          expect(rows[k]).toBe(k + windowDays - 1)
          if (sharpe === null) expect(value).toBeNaN()
          else expect(value / sharpe).toBeCloseTo(1, 9)
        }
      }),
      { seed: 3, numRuns: 100 },
    )
  })

  it('ends days at their last row and skips the warm-up', () => {
    const hourly = {
      time: Float64Array.from({ length: 100 }, (_, hour) => hour * 3_600_000),
      equity: Float64Array.from({ length: 100 }, (_, hour) => 100 + Math.sin(hour)),
      from: 24,
      to: 100,
      startEquity: 100,
    }
    expect([...rollingSharpe(hourly, 2, RATES).rows]).toEqual([71, 95, 99])
  })

  it('has no value where nothing varies or the account is lost', () => {
    expect([...rollingSharpe(seriesOf([100, 100, 100]), 2, RATES).values]).toEqual([Number.NaN, Number.NaN])
    const lost = rollingSharpe(seriesOf([110, 100, 0, 0]), 2, RATES).values
    expect([...lost].map(Number.isNaN)).toEqual([false, true])
  })
})
