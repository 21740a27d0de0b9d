import {
  type BacktestConfig,
  type PortfolioInput,
  portfolioPeriods,
  portfolioProblem,
  type PortfolioMember,
  type PortfolioReport,
  type PortfolioResult,
  runPortfolio,
  toPortfolioReport,
} from '@botcriptofy/engine/backtest'
import { describeProblem } from '@botcriptofy/engine/kernel'
import type { PeriodicTables } from '@botcriptofy/engine/metrics'
import { createSeriesColumns } from '@botcriptofy/engine/strategy'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { programFor, type StrategyFile } from '../strategy-file/strategy-file.ts'
import type { CandleSource } from './candle-sources.ts'

export interface PortfolioRunInput {
  readonly sources: readonly CandleSource[]
  readonly strategy: StrategyFile
  readonly config: BacktestConfig
  readonly sha256: (text: string) => string
  readonly withEquity: boolean
  readonly withTables: boolean
}

export interface PortfolioRun {
  readonly input: PortfolioInput
  readonly result: PortfolioResult
  readonly report: PortfolioReport
  readonly periodic: PeriodicTables | undefined
}

const readMember = async ({ symbol, path }: CandleSource): Promise<PortfolioMember> => {
  const candles = await readCandleFile(path, `--candles ${symbol}`)
  return { symbol, series: createSeriesColumns(candles) }
}

const printGaps = ({ path }: CandleSource, { series }: PortfolioMember): void => {
  const gaps = describeGaps(series.candles)
  if (gaps !== undefined) process.stderr.write(`${path}: ${gaps}\n`)
}

/** Reads the candle files of a portfolio and runs the strategy over them; bad input names the symbol. */
export const portfolioRun = async (input: PortfolioRunInput): Promise<PortfolioRun> => {
  const { strategy, config } = input
  const members: PortfolioMember[] = []
  for (const source of input.sources) members.push(await readMember(source))
  const problem = portfolioProblem(members)
  if (problem !== null) throw new BadInput(`--candles ${describeProblem(problem)}`)
  const barMs = members.find(({ series }) => series.barMs !== undefined)?.series.barMs
  const program = programFor(strategy, barMs)
  input.sources.forEach((source, index) => printGaps(source, members[index]!))
  const run = { program, members, config }
  const result = runPortfolio(run)
  const report = toPortfolioReport({ ...input, result, program })
  const { trades } = report
  const periodic = input.withTables ? portfolioPeriods({ result, config, trades }) : undefined
  return { input: run, result, report, periodic }
}
