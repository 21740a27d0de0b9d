import { columnarRun, randomRun } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { createSeriesColumns } from '../strategy/index.ts'
import { backtestDetail, backtestPeriods, portfolioDetail, portfolioPeriods, runPortfolio } from './index.ts'
import { portfolioTradeRows } from './portfolio-report.ts'
import { tradeRows } from './trade-rows.ts'

const SEEDS = Array.from({ length: 20 }, (_, k) => k + 1)

const portfolioOf = (seed: number, symbols: readonly string[]) => {
  const { program, config, series } = randomRun(seed, 'plain')
  const members = symbols.map((symbol) => ({
    symbol,
    series: createSeriesColumns(series.candles, { barMs: series.barMs }),
  }))
  const input = { program, config, members }
  return { input, result: runPortfolio(input) }
}

describe('portfolioDetail', () => {
  it('of one symbol has the curves, excursions and periods of its run', () => {
    let ambiguous = 0
    for (const seed of SEEDS) {
      const run = randomRun(seed, 'plain')
      const { result } = columnarRun(run)
      const { candles, barMs } = run.series
      const input = { ...run, series: createSeriesColumns(candles, { barMs }) }
      const own = backtestDetail({ input, result })
      const portfolio = portfolioOf(seed, ['A/USD'])
      const { members, held, band, ...detail } = portfolioDetail(portfolio)
      const { firstTradableBar, mae, mfe, sharpe, openPosition } = own
      const { curveRows, ...rest } = detail
      expect(rest, `seed ${seed}`).toEqual({ firstTradableBar, mae, mfe, sharpe })
      expect(members).toEqual([
        {
          firstTradableBar,
          openPosition,
          // Those of the run; the band counts those of the worst one.
          ambiguousBars: run.config.path === 'worst' ? result.band.ambiguousBars : expect.any(Number),
          denied: result.denied,
        },
      ])
      expect(band === null).toBe(own.band === null)
      expect([band?.worst.at(-1), band?.best.at(-1)]).toEqual([own.band?.worst.at(-1), own.band?.best.at(-1)])
      if (band !== null) ambiguous++
      const start = candles.open[firstTradableBar]!
      for (const [at, row] of curveRows.entries()) {
        if (row < firstTradableBar) expect(held[at]).toBeNaN()
        else expect(held[at]).toBeCloseTo((run.config.initialCapital * candles.close[row]!) / start, 6)
      }
      const parts = { result: portfolio.result, config: run.config }
      expect(portfolioPeriods({ ...parts, trades: portfolioTradeRows(portfolio.result) })).toEqual(
        backtestPeriods({ input, result, trades: tradeRows(result.trades, candles) }),
      )
    }
    expect(ambiguous).toBeGreaterThan(3)
  })

  it('counts what was refused to each symbol', () => {
    let refused = 0
    for (const seed of SEEDS) {
      const { input, result } = portfolioOf(seed, ['A/USD', 'B/USD', 'C/USD'])
      const { members } = portfolioDetail({ input, result })
      const sum = members.reduce((total, { denied }) => total + denied.INSUFFICIENT_CASH, 0)
      expect(sum, `seed ${seed}`).toBe(result.denied.INSUFFICIENT_CASH)
      refused += members[2]!.denied.INSUFFICIENT_CASH
    }
    expect(refused).toBeGreaterThan(0)
  })
})
