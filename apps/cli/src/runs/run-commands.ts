import { cancelledRun, runShape } from '@botcriptofy/contracts/backtest'
import { pageOf } from '@botcriptofy/contracts/http'
import type { Command } from 'commander'
import { z } from 'zod'
import { connect } from '../client/connect.ts'
import { printJson } from './options.ts'
import { renderRuns } from './run-table.ts'
import { watchRun } from './watch.ts'

/** The answer about one run, kept whole: what we do not look at is still printed with --json. */
export const runView = z.looseObject(runShape)
export type RunView = z.infer<typeof runView>

const runPage = pageOf(runView)

interface Kind {
  /** `backtests` or `sweeps`: the word of the command and of the path. */
  readonly name: string
  readonly print: (view: RunView) => Promise<void>
}

interface JsonFlag {
  readonly json?: boolean
}

/** `list`, `show`, `watch` and `cancel`, which are the same for backtests and sweeps. */
export const addRunCommands = (command: Command, kind: Kind): void => {
  const path = (id: string) => `/v1/${kind.name}/${encodeURIComponent(id)}`
  const show = async (view: RunView, { json }: JsonFlag) =>
    json === true ? printJson(view) : kind.print(view)
  command
    .command('list')
    .description('the newest first')
    .option('--limit <count>', 'how many', '20')
    .option('--json', 'print the page as one JSON object')
    .action(async ({ limit, json }: JsonFlag & { readonly limit: string }) => {
      const page = await connect().get(`/v1/${kind.name}?limit=${encodeURIComponent(limit)}`, runPage)
      if (json === true) printJson(page)
      else process.stdout.write(renderRuns(page.items))
    })
  command
    .command('show')
    .description('status and result')
    .argument('<id>')
    .option('--json', 'print one JSON object')
    .action(async (id: string, flags: JsonFlag) => show(await connect().get(path(id), runView), flags))
  command
    .command('watch')
    .description('wait for the end, then show the result')
    .argument('<id>')
    .option('--json', 'print one JSON object')
    .action(async (id: string, flags: JsonFlag) => {
      const run = { path: path(id), label: kind.name, view: runView, isQuiet: flags.json }
      await show(await watchRun(connect(), run), flags)
    })
  command
    .command('cancel')
    .description('stop it, waiting or running')
    .argument('<id>')
    .action(async (id: string) => {
      const { status } = await connect().post(`${path(id)}/cancel`, { json: {} }, cancelledRun)
      process.stdout.write(`${id} ${status}\n`)
    })
}
