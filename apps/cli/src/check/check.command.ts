import { checkData, checkLookahead, checkWarmup, type Verdict } from '@botcriptofy/engine/checks'
import { barLengthMs } from '@botcriptofy/engine/market'
import type { Command } from 'commander'
import { readConfigFile } from '../backtest/config-file.ts'
import { readCandleFile } from '../candle-file/candle-file.ts'
import { WorkFailed } from '../failure.ts'
import { printJson } from '../runs/options.ts'
import { programFor, readStrategyFile } from '../strategy-file/strategy-file.ts'
import { describeData } from './data-text.ts'
import { lateProgress } from './late-progress.ts'
import { describeLookahead } from './lookahead-text.ts'
import { describeWarmup } from './warmup-text.ts'

interface DataFlags {
  readonly candles: string
  readonly json?: boolean
}

interface RulesFlags extends DataFlags {
  readonly strategy: string
  readonly config?: string
}

const CANDLES = ['--candles <file>', 'candles as CSV, plain or gzip'] as const
const STRATEGY = ['--strategy <file>', 'the strategy as JSON'] as const
const CONFIG = ['--config <file>', 'the configuration of the backtest as JSON'] as const
const JSON_FLAG = ['--json', 'print the check as one JSON object'] as const

export const defineCheck = (check: Command): void => {
  check
    .command('data')
    .description('Gaps, spikes, zero volume, still and repeated bars in a candle file')
    .requiredOption(...CANDLES)
    .option(...JSON_FLAG)
    .action(runData)
  check
    .command('warmup')
    .description('How many bars of history each indicator needs, and from which bar on to take signals')
    .requiredOption(...CANDLES)
    .requiredOption(...STRATEGY)
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(runWarmup)
  check
    .command('lookahead')
    .description('Run the strategy on series that end earlier; whatever changes has looked ahead')
    .requiredOption(...CANDLES)
    .requiredOption(...STRATEGY)
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(runLookahead)
}

/** Prints a check; one that failed ends with status 1 and a line on stderr. */
const report = <Check extends { readonly verdict: Verdict }>(
  check: Check,
  flags: DataFlags,
  describe: { readonly asText: (check: Check) => string; readonly failure: string },
): void => {
  if (flags.json === true) printJson(check)
  else process.stdout.write(describe.asText(check))
  if (check.verdict === 'fail') throw new WorkFailed(`${flags.candles}: ${describe.failure}`)
}

const runData = async (flags: DataFlags): Promise<void> => {
  const check = checkData(await readCandleFile(flags.candles))
  const failed = check.findings.filter(({ verdict }) => verdict === 'fail')
  report(check, flags, {
    asText: describeData,
    failure: failed.map(({ code, text }) => `${code}: ${text}`).join('; '),
  })
}

const readRules = async ({ candles: path, strategy, config }: RulesFlags) => {
  const file = await readStrategyFile(strategy)
  const settings = await readConfigFile(config)
  const candles = await readCandleFile(path)
  return { program: programFor(file, barLengthMs(candles)), config: settings, candles }
}

const runWarmup = async (flags: RulesFlags): Promise<void> => {
  const input = await readRules(flags)
  const progress = lateProgress('warm-up of the indicators')
  const check = checkWarmup({ ...input, onProgress: progress.update })
  progress.stop()
  report(check, flags, { asText: describeWarmup, failure: failureOf(check) })
}

/** The indicator at fault says more than the sum. */
const failureOf = (check: ReturnType<typeof checkWarmup>): string => {
  const failed = check.indicators.find(({ verdict }) => verdict === 'fail')
  return failed === undefined ? check.text : `${failed.ids.join(', ')} (${failed.indicator}) ${failed.text}`
}

const runLookahead = async (flags: RulesFlags): Promise<void> => {
  const input = await readRules(flags)
  const progress = lateProgress('truncated runs')
  const check = checkLookahead({ ...input, onProgress: progress.update })
  progress.stop()
  report(check, flags, { asText: describeLookahead, failure: check.text })
}
