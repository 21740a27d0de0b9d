import type { Candles } from '@botcriptofy/engine/market'
import {
  actionOf,
  createSeriesColumns,
  evaluateSignals,
  explainSignal,
  type Program,
  type SeriesColumns,
  type SignalExplanation,
} from '@botcriptofy/engine/strategy'
import type { Command } from 'commander'
import { describeGaps, readCandleFile } from '../candle-file/candle-file.ts'
import { parseInstant } from '../candles/instant.ts'
import { BadInput } from '../failure.ts'
import { programFor, readStrategyFile } from '../strategy-file/strategy-file.ts'
import { describeSignal, renderSignals } from './signals-text.ts'

interface SignalsOptions {
  readonly candles: string
  readonly strategy: string
  readonly bar?: string
  readonly at?: string
  readonly last?: string
  readonly json?: boolean
}

const DEFAULT_LAST = '20'

export const defineSignals = (command: Command): void => {
  command
    .requiredOption('--candles <file>', 'candles: timestamp,open,high,low,close,volume as CSV, plain or gzip')
    .requiredOption('--strategy <file>', 'the strategy as JSON')
    .option('--bar <number>', 'explain this bar, counted from 0, in full')
    .option(
      '--at <time>',
      'explain the bar that holds this time: a UTC date, a UTC time or epoch milliseconds',
    )
    .option('--last <count>', `list the latest signals to buy and sell; ${DEFAULT_LAST} when left out`)
    .option('--json', 'print one JSON object')
    .action(runSignals)
}

const runSignals = async (options: SignalsOptions): Promise<void> => {
  refuseTogether(options)
  const strategy = await readStrategyFile(options.strategy)
  const candles = await readCandleFile(options.candles)
  const series = createSeriesColumns(candles)
  const program = programFor(strategy, series.barMs)
  const bar = askedBar(options, series)
  const count = askedCount(options)
  const gaps = describeGaps(candles)
  if (gaps !== undefined) process.stderr.write(`${options.candles}: ${gaps}\n`)
  if (bar === undefined) printLast(options, lastSignals(program, series, count))
  else printOne(options, explainSignal(program, series, bar))
}

const printOne = ({ json }: SignalsOptions, explanation: SignalExplanation): void => {
  process.stdout.write(json === true ? `${JSON.stringify(explanation)}\n` : describeSignal(explanation))
}

const printLast = ({ json }: SignalsOptions, signals: readonly SignalExplanation[]): void => {
  process.stdout.write(json === true ? `${JSON.stringify({ signals })}\n` : renderSignals(signals))
}

const askedCount = ({ last = DEFAULT_LAST }: SignalsOptions): number => {
  const count = wholeNumber(last, '--last', 'a whole number, 1 or more')
  if (count === 0) throw new BadInput('--last: expected a whole number, 1 or more, was 0')
  return count
}

/** The latest bars whose rules say to buy or to sell, oldest first. */
const lastSignals = (program: Program, series: SeriesColumns, count: number): SignalExplanation[] => {
  const flags = evaluateSignals(program, series)
  const found: SignalExplanation[] = []
  for (let bar = series.bars - 1; bar >= 0 && found.length < count; bar--) {
    if (actionOf(flags.bytes[bar]!) !== 'HOLD') found.push(explainSignal(program, series, bar))
  }
  series.giveBackFlags(flags)
  return found.toReversed()
}

const refuseTogether = ({ bar, at, last }: SignalsOptions): void => {
  const given = Object.entries({ '--bar': bar, '--at': at, '--last': last }).filter(
    ([, value]) => value !== undefined,
  )
  if (given.length < 2) return
  throw new BadInput(
    `${given[0]?.[0]}: expected one of --bar, --at and --last, was given with ${given[1]?.[0]}`,
  )
}

const wholeNumber = (text: string, option: string, expected: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new BadInput(`${option}: expected ${expected}, was ${text}`)
}

const askedBar = (
  { bar, at }: SignalsOptions,
  { candles, bars, barMs }: SeriesColumns,
): number | undefined => {
  if (at !== undefined) return barHolding(candles, parseInstant(at, '--at'), barMs ?? 1)
  if (bar === undefined) return undefined
  const expected = bars === 0 ? 'candles with bars' : `a bar from 0 to ${bars - 1}`
  const index = wholeNumber(bar, '--bar', expected)
  if (index >= bars) throw new BadInput(`--bar: expected ${expected}, was ${bar}`)
  return index
}

const barHolding = ({ time }: Candles, timeMs: number, barMs: number): number => {
  const index = time.findLastIndex((openMs) => openMs <= timeMs)
  if (index >= 0 && timeMs < time[index]! + barMs) return index
  const range =
    time.length === 0
      ? 'candles with bars'
      : `a time inside a bar, of ${isoOf(time[0]!)} to ${isoOf(time[time.length - 1]! + barMs)}`
  throw new BadInput(`--at: expected ${range}, was ${isoOf(timeMs)}`)
}

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString()
