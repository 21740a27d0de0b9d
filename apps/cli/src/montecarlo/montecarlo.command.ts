import { backtestReportSchema } from '@botcriptofy/contracts/backtest'
import { describeProblem, type Problem, type Result } from '@botcriptofy/engine/kernel'
import {
  type EquitySteps,
  type FillNoise,
  type MonteCarloResult,
  randomisedFills,
  RESAMPLE_METHODS,
  type ResampleMethod,
  resampleMonteCarlo,
  type StepEffect,
  tradeSteps,
} from '@botcriptofy/engine/validity'
import { type Command, Option } from 'commander'
import { readCandleFile } from '../candle-file/candle-file.ts'
import { BadInput } from '../failure.ts'
import { readJsonFile } from '../json-file/json-file.ts'
import { printJson } from '../runs/options.ts'
import { daysOf, type ResultFile, startEquityOf } from './history.ts'
import { describeMonteCarlo } from './montecarlo-text.ts'

const FILL_METHODS = ['slippage', 'range'] as const
type FillMethod = (typeof FILL_METHODS)[number]

interface MonteCarloFlags {
  readonly result: string
  readonly method: ResampleMethod | FillMethod
  readonly over: 'trades' | 'days'
  readonly effect: StepEffect
  readonly blockLength?: number
  readonly upTo?: number
  readonly candles?: string
  readonly runs: number
  readonly seed: number
  readonly json?: boolean
}

const UP_TO = 0.001

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
        .choices([...RESAMPLE_METHODS, ...FILL_METHODS])
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
    .option(
      '--up-to <fraction>',
      `most that slippage takes of a price; ${UP_TO} = 0.1 % when left out`,
      number,
    )
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
const refuseIdle = ({ method, over, effect, blockLength, upTo, candles }: MonteCarloFlags): void => {
  const idle: readonly [isIdle: boolean, option: string, expected: string, actual: unknown][] = [
    [blockLength !== undefined && method !== 'blocks', '--block-length', 'the method blocks', method],
    [upTo !== undefined && method !== 'slippage', '--up-to', 'the method slippage', method],
    [candles !== undefined && method !== 'range', '--candles', 'the method range', method],
    [over === 'days' && isFillMethod(method), '--over', `trades for the method ${method}`, over],
    [over === 'days' && effect === 'additive', '--effect', 'compounded over days', effect],
  ]
  for (const [isIdle, option, expected, actual] of idle) {
    if (isIdle) throw new BadInput(`${option}: expected ${expected}, was ${String(actual)}`)
  }
}

const runMonteCarlo = async (flags: MonteCarloFlags): Promise<void> => {
  refuseIdle(flags)
  const report = await readJsonFile({ path: flags.result, option: '--result', schema: backtestReportSchema })
  const file = { path: flags.result, report }
  const startEquity = startEquityOf(file)
  const { method, over, effect, seed } = flags
  const result = orBadInput(await simulate(flags, file), file, over)
  const { lowSample } = report
  if (flags.json === true) {
    printJson({ method, over, effect, seed, startEquity, lowSample, ...result })
    return
  }
  const title = `${result.runs} runs of ${result.steps} ${over}, ${method}, seed ${seed}`
  process.stdout.write(describeMonteCarlo({ result, startEquity, title, lowSample }))
}

const simulate = async (flags: MonteCarloFlags, file: ResultFile) => {
  const { method, runs, seed, blockLength } = flags
  if (isFillMethod(method)) return runFills(flags, file, method)
  const steps = stepsOf(flags, file)
  return resampleMonteCarlo({ steps, method, runs, seed, meanBlockLength: blockLength })
}

const isFillMethod = (method: MonteCarloFlags['method']): method is FillMethod =>
  FILL_METHODS.some((name) => name === method)

const stepsOf = ({ over, effect }: MonteCarloFlags, file: ResultFile): EquitySteps => {
  if (over === 'days') return daysOf(file)
  const pnls = Float64Array.from(file.report.trades, ({ pnl }) => pnl)
  const steps = tradeSteps(pnls, startEquityOf(file), effect)
  if (!steps.ok) throw new BadInput(`${file.path}: ${describeProblem(steps.error)}`)
  return steps.value
}

const runFills = async (
  flags: MonteCarloFlags,
  file: ResultFile,
  method: FillMethod,
): Promise<Result<MonteCarloResult, readonly Problem[]>> => {
  const noise: FillNoise =
    method === 'slippage'
      ? { kind: 'slippage', upTo: flags.upTo ?? UP_TO }
      : { kind: 'range', candles: await candlesOf(flags, file) }
  const { runs, seed, effect } = flags
  const { trades } = file.report
  return randomisedFills({ trades, startEquity: startEquityOf(file), effect, noise, runs, seed })
}

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
  meanBlockLength: '--block-length',
  'noise.upTo': '--up-to',
}

const orBadInput = <Value>(
  result: Result<Value, readonly Problem[]>,
  { path }: ResultFile,
  over: string,
): Value => {
  if (result.ok) return result.value
  const [first] = result.error
  if (first === undefined) throw new BadInput(`${path}: not usable`)
  const option = OPTIONS[first.path]
  const at = option ?? `${path}: ${first.path === 'steps' ? over : first.path}`
  throw new BadInput(describeProblem({ ...first, path: at }))
}
