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
  readonly json?: boolean
}

export const defineBacktest = (command: Command): void => {
  command
    .requiredOption('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
    .requiredOption('--strategy <file>', 'the strategy as JSON')
    .option('--config <file>', 'capital, fees, slippage and fill rules as JSON; all have defaults')
    .option('--equity', 'add the equity at every close to the JSON')
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
  const result = runBacktest({ program, series, config })
  const report = toBacktestReport({ result, candles, config, sha256, withEquity: options.equity === true })
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report)}\n` : describeReport(report, config.initialCapital),
  )
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
