import { createHash } from 'node:crypto'
import { nestingProblem } from '@botcriptofy/contracts/input'
import {
  type BacktestConfig,
  backtestPeriods,
  type BacktestReport,
  detailMismatch,
  type PortfolioReport,
  runBacktest,
  toBacktestReport,
} from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import type { PeriodicTables } from '@botcriptofy/engine/metrics'
import { createSeriesColumns, type SeriesColumns } from '@botcriptofy/engine/strategy'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { requireWritable } from '../files/write.ts'
import { badFile } from '../json-file/json-file.ts'
import { printJson } from '../runs/options.ts'
import { programFor, readStrategyFile, type StrategyFile } from '../strategy-file/strategy-file.ts'
import { type CandleSource, collectCandles, parseCandles } from './candle-sources.ts'
import { describeConfig, readConfigFile } from './config-file.ts'
import { portfolioRun } from './portfolio-run.ts'
import { describeReport } from './summary.ts'
import { describeSymbols } from './symbols-text.ts'
import { describeTables } from './tables-text.ts'

interface BacktestOptions {
  readonly candles: readonly string[]
  readonly strategy: string
  readonly config?: string
  readonly detail?: string
  readonly equity?: boolean
  readonly report?: string
  readonly tables?: boolean
  readonly json?: boolean
}

export const defineBacktest = (command: Command): void => {
  command
    .requiredOption(
      '--candles <file>',
      'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip; SYMBOL=FILE several times: a portfolio, first come first',
      collectCandles,
    )
    .requiredOption('--strategy <file>', 'the strategy as JSON')
    .option('--config <file>', 'capital, fees, slippage and fill rules as JSON; all have defaults')
    .option('--detail <file>', 'finer candles of the same bars: fills then happen inside these')
    .option('--equity', 'add the equity at every close to the JSON')
    .option('--report <file>', 'write the tear sheet there, one HTML file that needs no network')
    .option('--tables', 'returns by calendar period and results by the hour of entry, too')
    .option('--json', 'print the whole result as one JSON object')
    .addHelpText('after', describeConfig)
    .action(runCommand)
}

const runCommand = async (options: BacktestOptions): Promise<void> => {
  if (options.report !== undefined) await requireWritable({ path: options.report, option: '--report' })
  const strategy = await readStrategyFile(options.strategy)
  const config = await readConfigFile(options.config)
  const given = parseCandles(options.candles)
  if (given.kind === 'single') await runSingle(options, { strategy, config, path: given.path })
  else await runSeveral(options, { strategy, config, sources: given.sources })
}

interface Given {
  readonly strategy: StrategyFile
  readonly config: BacktestConfig
}

const runSingle = async (options: BacktestOptions, given: Given & { readonly path: string }) => {
  const { strategy, config, path } = given
  if (options.report !== undefined) requireShownWhole(strategy)
  const candles = await readCandleFile(path)
  const series = createSeriesColumns(candles)
  const program = programFor(strategy, series.barMs)
  const detail =
    options.detail === undefined ? undefined : await readDetail(options.detail, series, config.rows)
  const gaps = describeGaps(candles)
  if (gaps !== undefined) process.stderr.write(`${path}: ${gaps}\n`)
  const input = { program, series, config, detail }
  const result = runBacktest(input)
  const withEquity = options.equity === true
  const report = toBacktestReport({ result, candles, config, program, sha256, withEquity })
  if (options.report !== undefined) {
    // The charts are read for a report only.
    const { writeReport } = await import('./report-option.ts')
    const files = { candlePath: path, detailPath: options.detail }
    await writeReport(options.report, { ...files, input, result, report })
  }
  const periodic =
    options.tables === true ? backtestPeriods({ input, result, trades: report.trades }) : undefined
  print(options, { report, periodic, config })
}

/** A report shows the strategy as JSON, which is written by recursion; a run alone takes rules of any depth. */
const requireShownWhole = ({ path, strategy }: StrategyFile): void => {
  const problem = nestingProblem(strategy, '$')
  if (problem !== undefined)
    throw badFile(path, [{ ...problem, expected: `${problem.expected} for --report` }])
}

const runSeveral = async (
  options: BacktestOptions,
  given: Given & { readonly sources: readonly CandleSource[] },
): Promise<void> => {
  if (options.detail !== undefined) {
    throw new BadInput(`--detail: expected no portfolio beside it, was ${options.detail}`)
  }
  const { config, sources, strategy } = given
  if (options.report !== undefined) requireShownWhole(strategy)
  const run = await portfolioRun({
    ...given,
    sha256,
    withEquity: options.equity === true,
    withTables: options.tables === true,
  })
  if (options.report !== undefined) {
    const { writePortfolioReport } = await import('./report-option.ts')
    await writePortfolioReport(options.report, sources, run)
  }
  print(options, { ...run, config })
}

interface Printed {
  readonly report: BacktestReport | PortfolioReport
  readonly periodic: PeriodicTables | undefined
  readonly config: BacktestConfig
}

const print = ({ json }: BacktestOptions, { report, periodic, config }: Printed): void => {
  if (json === true) {
    printJson({ ...report, periodic })
    return
  }
  process.stdout.write(describeReport(report, config.initialCapital))
  if ('symbols' in report) process.stdout.write(describeSymbols(report))
  if (periodic !== undefined) process.stdout.write(describeTables(periodic))
}

const readDetail = async (path: string, series: SeriesColumns, rows: number | null): Promise<Candles> => {
  const detail = await readCandleFile(path, '--detail')
  const bars = Math.min(series.bars, rows ?? Infinity)
  const mismatch = detailMismatch({ ...series, bars }, detail)
  if (mismatch !== null) throw badFile(path, [mismatch])
  return detail
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
