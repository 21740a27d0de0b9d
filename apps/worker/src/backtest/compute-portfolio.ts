import {
  portfolioDetail,
  type PortfolioInput,
  portfolioPeriods,
  portfolioProblem,
  runPortfolio,
  toPortfolioReport,
} from '@botcriptofy/engine/backtest'
import { portfolioChecks } from '@botcriptofy/engine/checks'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { compileStrategy, createSeriesColumns } from '@botcriptofy/engine/strategy'
import { packEquity, packPortfolioDetail, packTrades } from '@botcriptofy/store/blob'
import { sha256Hex } from '@botcriptofy/store/hash'
import { invalidStrategy, type Measured, rowOf } from './compute-task.ts'
import type { BacktestOutcome, BacktestTask, TaskRun } from './task.ts'

/** A portfolio is never a run of a sweep, so all that its report draws and tells is kept. */
const measure = (input: PortfolioInput): Measured => {
  const { program, config, members } = input
  const result = runPortfolio(input)
  const report = toPortfolioReport({ result, config, program, sha256: sha256Hex, withEquity: false })
  const { trades } = report
  return {
    ...rowOf(report, trades.length),
    blobs: { trades: packTrades(trades), equity: packEquity(result) },
    detail: packPortfolioDetail(portfolioDetail({ input, result })),
    analysis: {
      checks: portfolioChecks({ program, members, config }),
      periodic: portfolioPeriods({ result, config, trades }),
    },
  }
}

/** Runs a strategy over the symbols of a portfolio, in their order of priority. */
export const computePortfolio = (
  symbols: NonNullable<BacktestTask['members']>,
  { strategy, config }: TaskRun,
): BacktestOutcome => {
  const startedMs = performance.now()
  const members = symbols.map(({ symbol, candles }) => ({ symbol, series: createSeriesColumns(candles) }))
  const problem = portfolioProblem(members)
  if (problem !== null) {
    return { kind: 'invalid', code: 'INVALID_CANDLES', detail: describeProblem(problem) }
  }
  const barMs = members.find(({ series }) => series.barMs !== undefined)?.series.barMs
  const compiled = compileStrategy(strategy, { barMs })
  if (!compiled.ok) return invalidStrategy(compiled.error)
  const result = measure({ program: compiled.value, members, config })
  return { kind: 'computed', result: { ...result, computeMs: performance.now() - startedMs } }
}
