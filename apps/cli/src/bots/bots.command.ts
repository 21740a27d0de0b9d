import { botPage, botView } from '@botcriptofy/contracts/bot'
import type { Command } from 'commander'
import { z } from 'zod'
import { connect } from '../client/connect.ts'
import { BadInput } from '../failure.ts'
import { readJsonFile } from '../json-file/json-file.ts'
import { printJson } from '../runs/options.ts'
import { addBotActivity, addBotCommands } from './bot-activity.ts'
import { describeBot, renderBots } from './bot-text.ts'

interface JsonFlag {
  readonly json?: boolean
}

interface CreateFlags extends JsonFlag {
  readonly fromBacktest?: string
  readonly fromSweep?: string
  readonly ordinal?: string
  readonly file?: string
  readonly name?: string
}

interface EditFlags extends JsonFlag {
  readonly name?: string
  readonly strategy?: string
  readonly config?: string
}

const pathOf = (id: string) => `/v1/bots/${encodeURIComponent(id)}`
const anyJson = z.unknown()

/** Definitions of bots, what is wanted of them, and what they do. */
export const defineBots = (bots: Command): void => {
  bots
    .command('create')
    .description(
      'define a bot: from a finished run, or from a file; it trades on paper and does not start by itself',
    )
    .option('--from-backtest <id>', 'strategy, market and config of this backtest')
    .option('--from-sweep <id>', 'those of a run of this sweep')
    .option('--ordinal <n>', 'which run of the sweep; without it the best')
    .option(
      '--file <file>',
      'a whole definition, JSON: {strategy, market: {venue, symbol, timeframe}, config?}',
    )
    .option('--name <name>', 'how it is called')
    .option('--json', 'print the bot as one JSON object')
    .action(create)
  bots
    .command('list')
    .description('the newest first')
    .option('--limit <count>', 'how many', '20')
    .option('--json', 'print the page as one JSON object')
    .action(list)
  withJson(
    bots.command('show').description('definition, state and where it came from').argument('<id>'),
  ).action(async (id: string, flags: JsonFlag) => show(await connect().get(pathOf(id), botView), flags))
  withJson(bots.command('edit').description('change a bot that does not run').argument('<id>'))
    .option('--name <name>', 'how it is called')
    .option('--strategy <file>', 'the strategy, JSON')
    .option('--config <file>', 'the keys of the configuration to change, JSON')
    .action(edit)
  withJson(bots.command('clone').description('another bot with the same definition').argument('<id>'))
    .option('--name <name>', 'how it is called')
    .action(async (id: string, { name, ...flags }: JsonFlag & { readonly name?: string }) =>
      show(await connect().post(`${pathOf(id)}/clone`, { json: named(name) }, botView), flags),
    )
  addBotCommands(bots)
  addBotActivity(bots)
  bots
    .command('delete')
    .description('delete a bot that does not run')
    .argument('<id>')
    .action(async (id: string) => {
      await connect().delete(pathOf(id))
      process.stdout.write(`${id} deleted\n`)
    })
}

const withJson = (command: Command): Command => command.option('--json', 'print the bot as one JSON object')

const named = (name: string | undefined) => (name === undefined ? {} : { name })

const show = (bot: z.infer<typeof botView>, { json }: JsonFlag): void => {
  if (json === true) printJson(bot)
  else process.stdout.write(describeBot(bot))
}

const STRATEGY_GIVEN =
  'expected a definition {"strategy": …, "market": {"venue", "symbol", "timeframe"}}, was a strategy: put it under ' +
  '"strategy" and name the market beside it, or run it (backtests submit) and create the bot with --from-backtest'

const isStrategy = (json: Readonly<Record<string, unknown>>): boolean =>
  !('strategy' in json) && 'entry' in json && 'sizing' in json

/** The body of the request; the server checks what is in it. */
const createBody = async ({ fromBacktest, fromSweep, ordinal, file, name }: CreateFlags): Promise<object> => {
  const sources = [fromBacktest, fromSweep, file].filter((source) => source !== undefined)
  if (sources.length !== 1) {
    throw new BadInput(
      `bots create: expected one of --from-backtest, --from-sweep and --file, was ${sources.length === 0 ? 'none' : sources.length}`,
    )
  }
  if (ordinal !== undefined && fromSweep === undefined) {
    throw new BadInput(`--ordinal: expected it with --from-sweep, was ${ordinal} without`)
  }
  if (ordinal !== undefined && !/^\d+$/.test(ordinal)) {
    throw new BadInput(`--ordinal: expected a number of a run, was ${ordinal}`)
  }
  if (file !== undefined) {
    const definition = await readJsonFile({ path: file, option: '--file', schema: z.looseObject({}) })
    if (isStrategy(definition)) throw new BadInput(`${file}: ${STRATEGY_GIVEN}`)
    return { ...definition, ...named(name) }
  }
  const from =
    fromBacktest === undefined
      ? { sweepId: fromSweep, ...(ordinal === undefined ? {} : { ordinal: Number(ordinal) }) }
      : { backtestId: fromBacktest }
  return { from, ...named(name) }
}

const create = async (flags: CreateFlags): Promise<void> =>
  show(await connect().post('/v1/bots', { json: await createBody(flags) }, botView), flags)

const list = async ({ limit, json }: JsonFlag & { readonly limit: string }): Promise<void> => {
  const page = await connect().get(`/v1/bots?limit=${encodeURIComponent(limit)}`, botPage)
  if (json === true) printJson(page)
  else process.stdout.write(renderBots(page.items))
}

/** Reads the bot first: the change is of the version that is there now. */
const edit = async (id: string, { name, strategy, config, ...flags }: EditFlags): Promise<void> => {
  const read = (path: string, option: string) => readJsonFile({ path, option, schema: anyJson })
  const json = {
    ...named(name),
    ...(strategy === undefined ? {} : { strategy: await read(strategy, '--strategy') }),
    ...(config === undefined ? {} : { config: await read(config, '--config') }),
  }
  const api = connect()
  const { version } = await api.get(pathOf(id), botView)
  show(await api.patch(pathOf(id), { json, ifMatch: `"${version}"` }, botView), flags)
}
