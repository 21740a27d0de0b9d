import {
  type BacktestConfig,
  portfolioProblem,
  type PortfolioMember,
  type PortfolioReport,
  type PortfolioResult,
  runPortfolio,
  toPortfolioReport,
} from '@botcriptofy/engine/backtest'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { type PeriodicTables, periodicTables } from '@botcriptofy/engine/metrics'
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

const tablesOf = (
  { config }: PortfolioRunInput,
  { time, equity, firstTradableBar }: PortfolioResult,
  { trades }: PortfolioReport,
): PeriodicTables =>
  periodicTables({ time, equity, initialCapital: config.initialCapital, firstTradableBar, trades })

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
  const result = runPortfolio({ program, members, config })
  const report = toPortfolioReport({ ...input, result, program })
  return { report, periodic: input.withTables ? tablesOf(input, result, report) : undefined }
}
