import { backtestReportSchema } from '@botcriptofy/contracts/backtest'
import {
  idleOption,
  MONTE_CARLO_METHODS,
  type MonteCarloMethod,
  type MonteCarloRequest,
  simulateHistories,
} from '@botcriptofy/contracts/montecarlo'
import { describeProblem, type Problem, type Result } from '@botcriptofy/engine/kernel'
import type { StepEffect } from '@botcriptofy/engine/validity'
import { type Command, Option } from 'commander'
import { readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { readJsonFile } from '../json-file/json-file.ts'
import { printJson } from '../runs/options.ts'
import { curveOf, type ResultFile, startEquityOf } from './history.ts'
import { describeMonteCarlo } from './montecarlo-text.ts'

interface MonteCarloFlags {
  readonly result: string
  readonly method: MonteCarloMethod
  readonly over: 'trades' | 'days'
  readonly effect: StepEffect
  readonly blockLength?: number
  readonly upTo?: number
  readonly candles?: string
  readonly runs: number
  readonly seed: number
  readonly json?: boolean
}

const METHODS = `
Methods:
  shuffle    every trade (or day) once, in another order: was the drawdown luck?
  bootstrap  each drawn from all of them, with replacement: what else could the end have been?
  blocks     stationary bootstrap: runs of neighbours of random length, which keeps what follows upon each other
  slippage   the same trades, each fill worse by a random fraction of its price, at most --up-to
  range      the same trades, each fill drawn between the low and the high of its bar (--candles)
`

export const defineMonteCarlo = (command: Command): void => {
  command
    .requiredOption('--result <file>', 'what botcriptofy backtest --json printed')
    .addOption(
      new Option('--method <name>', 'how other histories are made')
        .choices(MONTE_CARLO_METHODS)
        .default('shuffle'),
    )
    .addOption(
      new Option('--over <steps>', 'what is shuffled or drawn; days need the result of backtest --equity')
        .choices(['trades', 'days'])
        .default('trades'),
    )
    .addOption(
      new Option('--effect <name>', 'trades multiply equity (sizing follows it) or add to it (fixed size)')
        .choices(['compounded', 'additive'])
        .default('compounded'),
    )
    .option(
      '--block-length <steps>',
      'mean length of blocks; the cube root of all steps when left out',
      number,
    )
    .option('--up-to <fraction>', `most that slippage takes of a price; 0.001 = 0.1 % when left out`, number)
    .option('--candles <file>', 'the candles of the backtest, for the method range')
    .option('--runs <count>', 'histories to make', number, 1000)
    .option('--seed <number>', 'the same seed gives the same result', number, 1)
    .option('--json', 'print one JSON object, with the band over time')
    .addHelpText('after', METHODS)
    .action(runMonteCarlo)
}

/** NaN for what is no number; the engine says what it expected. */
const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** An option that the method would not look at is a misunderstanding. */
const refuseIdle = ({ candles, ...flags }: MonteCarloFlags): void => {
  const idle = idleOption(requestOf(flags))
  if (idle !== undefined) throw new BadInput(describeProblem({ ...idle, path: optionOf(idle.path) }))
  if (candles === undefined || flags.method === 'range') return
  throw new BadInput(`--candles: expected the method range, was ${flags.method}`)
}

const requestOf = ({ blockLength, ...flags }: Omit<MonteCarloFlags, 'candles'>): MonteCarloRequest => ({
  ...flags,
  meanBlockLength: blockLength,
})

const runMonteCarlo = async (flags: MonteCarloFlags): Promise<void> => {
  refuseIdle(flags)
  const report = await readJsonFile({ path: flags.result, option: '--result', schema: backtestReportSchema })
  const file = { path: flags.result, report }
  const startEquity = startEquityOf(file)
  const { method, over, effect, seed } = flags
  const result = orBadInput(await simulate(flags, file), file, over)
  const { lowSample } = report
  if (flags.json === true) {
    const backtest = { maxDrawdown: report.metrics.maxDrawdown }
    printJson({ method, over, effect, seed, startEquity, lowSample, ...result, backtest })
    return
  }
  const title = `${result.runs} runs of ${result.steps} ${over}, ${method}, seed ${seed}`
  process.stdout.write(
    describeMonteCarlo({ result, startEquity, title, lowSample, over, fell: report.metrics.maxDrawdown }),
  )
}

/** Only what the method looks at is read, so that nothing else can be wrong with it. */
const simulate = async (flags: MonteCarloFlags, file: ResultFile) =>
  simulateHistories(requestOf(flags), {
    trades: file.report.trades,
    startEquity: startEquityOf(file),
    curve: flags.over === 'days' ? curveOf(file) : undefined,
    candles: flags.method === 'range' ? await candlesOf(flags, file) : undefined,
  })

/** The candles that the trades were made on, which their times show. */
const candlesOf = async ({ candles: path }: MonteCarloFlags, { report }: ResultFile) => {
  if (path === undefined) throw new BadInput('--candles: expected the candles of the backtest, was missing')
  const candles = await readCandleFile(path)
  for (const [row, { symbol, entryIndex, entryTime, exitIndex, exitTime }] of report.trades.entries()) {
    if (symbol !== undefined) throw new BadInput('--method: expected no range for a portfolio, was range')
    if (candles.time[entryIndex] !== entryTime || candles.time[exitIndex] !== exitTime) {
      throw new BadInput(
        `${path}: expected the candles of the backtest, was another series at trades[${row}]`,
      )
    }
  }
  return candles
}

const OPTIONS: Readonly<Record<string, string>> = {
  runs: '--runs',
  seed: '--seed',
  over: '--over',
  effect: '--effect',
  meanBlockLength: '--block-length',
  upTo: '--up-to',
  'noise.upTo': '--up-to',
}
const optionOf = (path: string): string => OPTIONS[path] ?? path

const orBadInput = <Value>(
  result: Result<Value, readonly Problem[]>,
  { path }: ResultFile,
  over: string,
): Value => {
  if (result.ok) return result.value
  const [first] = result.error
  if (first === undefined) throw new BadInput(`${path}: not usable`)
  const at = OPTIONS[first.path] ?? `${path}: ${first.path === 'steps' ? over : first.path}`
  throw new BadInput(describeProblem({ ...first, path: at }))
}
