import { createHash } from 'node:crypto'
import { runBacktest, toBacktestReport } from '@botcriptofy/engine/backtest'
import { createSeriesColumns } from '@botcriptofy/engine/strategy'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { programFor, readStrategyFile } from '../strategy-file/strategy-file.ts'
import { readConfigFile } from './config-file.ts'
import { describeReport } from './summary.ts'

interface BacktestOptions {
  readonly candles: string
  readonly strategy: string
  readonly config?: string
  readonly equity?: boolean
  readonly report?: string
  readonly json?: boolean
}

export const defineBacktest = (command: Command): void => {
  command
    .requiredOption('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
    .requiredOption('--strategy <file>', 'the strategy as JSON')
    .option('--config <file>', 'capital, fees, slippage and fill rules as JSON; all have defaults')
    .option('--equity', 'add the equity at every close to the JSON')
    .option('--report <file>', 'write the tear sheet there, one HTML file that needs no network')
    .option('--json', 'print the whole result as one JSON object')
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
  const input = { program, series, config }
  const result = runBacktest(input)
  const report = toBacktestReport({ result, candles, config, sha256, withEquity: options.equity === true })
  if (options.report !== undefined) {
    // The charts are read for a report only.
    const { writeReport } = await import('./report-option.ts')
    await writeReport(options.report, { candlePath: options.candles, input, result, report })
  }
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report)}\n` : describeReport(report, config.initialCapital),
  )
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
