import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { dailyReturnCount } from './daily-return-count.ts'
import { deflatedSharpe, sharpeEstimate } from './deflated-sharpe.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

describe('dailyReturnCount', () => {
  it('counts the UTC days between first and last bar, wherever in the day they open', () => {
    const minutes = fc.integer({ min: 0, max: 1439 })
    const growth = fc.double({ min: -0.9, max: 50, noNaN: true }).filter((value) => Math.abs(value) > 1e-6)
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4000 }), minutes, minutes, growth, (days, first, last, total) => {
        const firstMs = Date.UTC(2019, 4, 7) + first * MINUTE_MS
        const lastBarMs = Date.UTC(2019, 4, 7) + days * DAY_MS + last * MINUTE_MS
        const cagr = (1 + total) ** (365 / ((lastBarMs - firstMs) / DAY_MS)) - 1
        fc.pre(Number.isFinite(cagr) && cagr > -1)
        expect(dailyReturnCount({ totalReturn: total, cagr, lastBarMs })).toBe(days + 1)
      }),
      { seed: 6 },
    )
  })

  it.each([
    ['no yearly return', 0.1, null],
    ['neither gain nor loss', 0, 0],
  ])('is unknown with %s', (_case, totalReturn, cagr) => {
    expect(dailyReturnCount({ totalReturn, cagr, lastBarMs: 0 })).toBeNull()
  })

  it.each([
    [HOUR_MS, 2000],
    [DAY_MS, 400],
    [7 * HOUR_MS, 900],
  ])('gives back the probabilistic Sharpe ratio of a backtest on bars of %s ms', (timeframeMs, bars) => {
    const candles = generateCandles({ seed: 4, bars, timeframeMs, startMs: 5 * HOUR_MS, startPrice: 100 })
    const { metrics } = backtestRun({ candles, strategy: SMA_CROSS }).result
    const observations = dailyReturnCount({
      totalReturn: metrics.totalReturn!,
      cagr: metrics.cagr,
      lastBarMs: candles.time.at(-1)!,
    })
    const estimate = sharpeEstimate({
      sharpe: metrics.sharpe!,
      periodsPerYear: 365,
      observations: observations!,
      skew: metrics.skew!,
      excessKurtosis: metrics.excessKurtosis!,
    })
    expect(deflatedSharpe(estimate, { trials: 1, variance: 0 })).toBeCloseTo(metrics.psr!, 12)
  })
})
