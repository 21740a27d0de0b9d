import { createHash } from 'node:crypto'
import {
  DEFAULT_BACKTEST_CONFIG,
  type BacktestConfig,
  ENGINE_REVISION,
  portfolioDetail,
  portfolioPeriods,
  runPortfolio,
  toPortfolioReport,
} from '@botcriptofy/engine/backtest'
import { portfolioChecks } from '@botcriptofy/engine/checks'
import type { Candles } from '@botcriptofy/engine/market'
import { compileStrategy, createSeriesColumns, type Strategy } from '@botcriptofy/engine/strategy'
import { SMA_CROSS } from './backtest-run.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface PortfolioRunOptions {
  /** In the order of priority. */
  readonly members: readonly { readonly symbol: string; readonly candles: Candles }[]
  readonly strategy?: Strategy
  readonly config?: Partial<BacktestConfig>
}

/** A finished portfolio with all that a report or a store wants to know about it, run with the real engine. */
export const portfolioRun = ({ members, strategy = SMA_CROSS, ...options }: PortfolioRunOptions) => {
  const config = { ...DEFAULT_BACKTEST_CONFIG, ...options.config }
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(`expected a sound strategy, was ${JSON.stringify(compiled.error)}`)
  const program = compiled.value
  const input = {
    program,
    config,
    members: members.map(({ symbol, candles }) => ({ symbol, series: createSeriesColumns(candles) })),
  }
  const result = runPortfolio(input)
  const report = toPortfolioReport({ result, config, program, sha256, withEquity: false })
  return {
    strategy,
    strategySha256: sha256(JSON.stringify(strategy)),
    engineRevision: ENGINE_REVISION,
    config,
    time: result.time,
    equity: result.equity,
    result: report,
    detail: portfolioDetail({ input, result }),
    entryHours: portfolioPeriods({ result, config, trades: report.trades }).entryHours,
    checks: portfolioChecks(input),
  }
}
