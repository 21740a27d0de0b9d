import { createHash } from 'node:crypto'
import { columnarRun, type RandomRun, randomRun, type RunKind } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { createSeriesColumns } from '../strategy/index.ts'
import { runPortfolio, toBacktestReport, toPortfolioReport } from './index.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const portfolioOf = ({ program, config, series: { candles, barMs } }: RandomRun) =>
  runPortfolio({
    program,
    config,
    members: [{ symbol: 'A/USD', series: createSeriesColumns(candles, { barMs }) }],
  })

describe('a portfolio of one symbol', () => {
  it.each<readonly [kind: RunKind, runs: number, leastTrades: number]>([
    ['plain', 80, 500],
    ['featured', 150, 500],
  ])('is the run of that symbol in %s runs, to the last bit', { timeout: 60_000 }, (...testCase) => {
    const [kind, runs, leastTrades] = testCase
    let total = 0
    for (let seed = 1; seed <= runs; seed++) {
      const run = randomRun(seed, kind)
      const { result } = columnarRun(run)
      const { config, program } = run
      const parts = { config, program, sha256, withEquity: true }
      const own = toBacktestReport({ ...parts, result, candles: run.series.candles })
      const portfolio = portfolioOf(run)
      const { symbols, ...report } = toPortfolioReport({ ...parts, result: portfolio })
      const trades = report.trades.map(({ symbol, ...trade }) => trade)
      expect({ ...report, trades, tradesSha256: own.tradesSha256 }, `seed ${seed}`).toEqual(own)
      const { denied, blownAtBar, members } = portfolio
      expect({ denied, blownAtBar, open: members[0]?.openPosition }).toEqual({
        denied: result.denied,
        blownAtBar: result.blownAtBar,
        open: result.openPosition,
      })
      expect(symbols).toEqual([{ symbol: 'A/USD', bars: result.bars }])
      total += trades.length
    }
    expect(total).toBeGreaterThan(leastTrades)
  })
})
