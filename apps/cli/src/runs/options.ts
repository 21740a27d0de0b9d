import { nestingProblem } from '@botcriptofy/contracts/input'
import type { Command } from 'commander'
import { z } from 'zod'
import { parseInstant } from '../candles/instant.ts'
import { badFile, readJsonFile } from '../json-file/json-file.ts'

/** Options that say which candles and which configuration a run uses. */
export interface SubmitFlags {
  readonly strategy: string
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
  readonly from?: string
  readonly to?: string
  readonly config?: string
  readonly wait?: boolean
  readonly json?: boolean
}

export const addSubmitOptions = (command: Command): Command =>
  command
    .requiredOption('--strategy <file>', 'the strategy, JSON')
    .requiredOption('--venue <name>', 'venue of the imported candles')
    .requiredOption('--symbol <symbol>', 'BASE/QUOTE')
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

/** The part of a request body that backtests and sweeps share; the server checks the strategy and the configuration. */
export const submitBody = async (flags: SubmitFlags) => ({
  strategy: await readSentJson(flags.strategy, '--strategy'),
  candles: {
    venue: flags.venue,
    symbol: flags.symbol,
    timeframe: flags.timeframe,
    ...(flags.from === undefined ? {} : { from: parseInstant(flags.from, '--from') }),
    ...(flags.to === undefined ? {} : { to: parseInstant(flags.to, '--to') }),
  },
  ...(flags.config === undefined ? {} : { config: await readSentJson(flags.config, '--config') }),
})

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
