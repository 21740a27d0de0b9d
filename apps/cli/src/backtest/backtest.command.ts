import { createHash } from 'node:crypto'
import { backtestPeriods, detailMismatch, runBacktest, toBacktestReport } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import { createSeriesColumns, type SeriesColumns } from '@botcriptofy/engine/strategy'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { badFile } from '../json-file/json-file.ts'
import { printJson } from '../runs/options.ts'
import { programFor, readStrategyFile } from '../strategy-file/strategy-file.ts'
import { describeConfig, readConfigFile } from './config-file.ts'
import { describeReport } from './summary.ts'
import { describeTables } from './tables-text.ts'

interface BacktestOptions {
  readonly candles: string
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
    .requiredOption('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
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
  const strategy = await readStrategyFile(options.strategy)
  const config = await readConfigFile(options.config)
  const candles = await readCandleFile(options.candles)
  const series = createSeriesColumns(candles)
  const program = programFor(strategy, series.barMs)
  const gaps = describeGaps(candles)
  if (gaps !== undefined) process.stderr.write(`${options.candles}: ${gaps}\n`)
  const detail =
    options.detail === undefined ? undefined : await readDetail(options.detail, series, config.rows)
  const input = { program, series, config, detail }
  const result = runBacktest(input)
  const report = toBacktestReport({
    result,
    candles,
    config,
    program,
    sha256,
    withEquity: options.equity === true,
  })
  if (options.report !== undefined) {
    // The charts are read for a report only.
    const { writeReport } = await import('./report-option.ts')
    await writeReport(options.report, { candlePath: options.candles, input, result, report })
  }
  const periodic =
    options.tables === true ? backtestPeriods({ input, result, trades: report.trades }) : undefined
  if (options.json === true) printJson({ ...report, periodic })
  else {
    process.stdout.write(describeReport(report, config.initialCapital))
    if (periodic !== undefined) process.stdout.write(describeTables(periodic))
  }
}

const readDetail = async (path: string, series: SeriesColumns, rows: number | null): Promise<Candles> => {
  const detail = await readCandleFile(path, '--detail')
  const bars = Math.min(series.bars, rows ?? Infinity)
  const mismatch = detailMismatch({ ...series, bars }, detail)
  if (mismatch !== null) throw badFile(path, [mismatch])
  return detail
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
