import { nestingProblem } from '@botcriptofy/contracts/input'
import type { Command } from 'commander'
import { z } from 'zod'
import { parseInstant } from '../candles/instant.ts'
import { BadInput } from '../failure.ts'
import { badFile, readJsonFile } from '../json-file/json-file.ts'

/** Options that say which candles and which configuration a run uses. */
export interface SubmitFlags {
  readonly strategy: string
  readonly venue: string
  readonly symbol: readonly string[]
  readonly timeframe: string
  readonly from?: string
  readonly to?: string
  /** Timeframe of the finer candles that fills happen in. */
  readonly detail?: string
  readonly config?: string
  readonly wait?: boolean
  readonly json?: boolean
}

const collectSymbols = (symbol: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  symbol,
]

export const addSubmitOptions = (command: Command, symbolHelp = 'BASE/QUOTE'): Command =>
  command
    .requiredOption('--strategy <file>', 'the strategy, JSON')
    .requiredOption('--venue <name>', 'venue of the imported candles')
    .requiredOption('--symbol <symbol>', symbolHelp, collectSymbols)
    .requiredOption('--timeframe <timeframe>', 'such as 1m, 1h or 1d')
    .option('--from <time>', 'first bar: a UTC date, a UTC time or epoch milliseconds')
    .option('--to <time>', 'end, not included')
    .option('--config <file>', 'the backtest configuration, JSON')
    .option('--wait', 'wait for the end, with a progress bar')
    .option('--json', 'print one JSON object')

/** JSON to be sent as it is; the server takes it at the second level of a body. */
const readSentJson = async (path: string, option: string): Promise<unknown> => {
  const value = await readJsonFile({ path, option, schema: z.unknown() })
  const problem = nestingProblem([value], '$')
  if (problem !== undefined) throw badFile(path, [problem])
  return value
}

/** The venue, range and timeframe of the flags with one symbol. */
export const selectionOf = (
  flags: Pick<SubmitFlags, 'venue' | 'timeframe' | 'from' | 'to'>,
  symbol: string,
) => ({
  venue: flags.venue,
  symbol,
  timeframe: flags.timeframe,
  ...(flags.from === undefined ? {} : { from: parseInstant(flags.from, '--from') }),
  ...(flags.to === undefined ? {} : { to: parseInstant(flags.to, '--to') }),
})

/** One series, or those of a portfolio in the order of priority, all of one venue, timeframe and range. */
const candlesOf = ({ symbol: symbols, detail, ...flags }: SubmitFlags) => {
  const selections = symbols.map((symbol) => selectionOf(flags, symbol))
  const [first] = selections
  if (selections.length === 1) return { ...first, ...(detail === undefined ? {} : { detail }) }
  if (detail === undefined) return selections
  throw new BadInput(`--detail: expected one --symbol beside it, was ${symbols.join(', ')}`)
}

/** The part of a request body that backtests and sweeps share; the server checks the strategy and the configuration. */
export const submitBody = async (flags: SubmitFlags) => ({
  strategy: await readSentJson(flags.strategy, '--strategy'),
  candles: candlesOf(flags),
  ...(flags.config === undefined ? {} : { config: await readSentJson(flags.config, '--config') }),
})

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
