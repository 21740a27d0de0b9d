import { writeFile } from 'node:fs/promises'
import { acceptedSweep, sweepRunPage, sweepView } from '@botcriptofy/contracts/sweep'
import type { Command } from 'commander'
import { connect } from '../client/connect.ts'
import { requireWritable, writeWhole } from '../files/write.ts'
import { addSubmitOptions, printJson, type SubmitFlags } from '../runs/options.ts'
import { addRunCommands, type RunView, runView } from '../runs/run-commands.ts'
import { watchRun } from '../runs/watch.ts'
import { addParamOption, parseAxis } from './axis.ts'
import { addSearchOptions, searchBody, type SearchFlags } from './search-options.ts'
import { addSeries, describeAccepted, seriesBody, watchSeries } from './series.ts'
import { describeSweep } from './sweep-text.ts'
import { addChecks } from './checks.ts'
import { renderSweepRuns } from './sweep-table.ts'
import { addTransitions } from './transitions.ts'
import { addValidity } from './validity.ts'

const PAGE = 20
const SERIES_HELP =
  'BASE/QUOTE; again for each symbol, and --timeframe 1h,4h for several: every combination on every series'

interface SweepFlags extends SubmitFlags, SearchFlags {
  readonly param: readonly string[]
  readonly priority: string
}

export const defineSweeps = (sweeps: Command): void => {
  const submission = sweeps.command('submit').description('queue a grid of backtests, or a search in one')
  addSearchOptions(addParamOption(addSubmitOptions(submission, SERIES_HELP)))
    .option('--priority <0-9>', 'among your own sweeps the lowest goes first', '5')
    .action(submit)
  addRunCommands(sweeps, { name: 'sweeps', print })
  addTransitions(sweeps)
  sweeps
    .command('results')
    .description('the runs, best first')
    .argument('<id>')
    .option('--sort <metric>', 'highest first; with a leading - lowest first')
    .option('--round <number>', 'of one round of a search, whatever share of the bars its runs are over')
    .option('--limit <count>', 'how many', String(PAGE))
    .option('--json', 'print the page as one JSON object')
    .action(results)
  sweeps
    .command('report')
    .description('the report as one HTML file: maps, lines, the best run')
    .argument('<id>')
    .requiredOption('--out <file>', 'where to write it')
    .option('--json', 'print what was written as one JSON object')
    .action(report)
  addValidity(sweeps)
  addSeries(sweeps)
  addChecks(sweeps)
}

const report = async (
  id: string,
  { out, json }: { readonly out: string; readonly json?: boolean },
): Promise<void> => {
  const file = { path: out, option: '--out' }
  await requireWritable(file)
  const page = await connect().text(`/v1/sweeps/${encodeURIComponent(id)}/report`)
  await writeWhole(file, (path) => writeFile(path, page))
  if (json === true) printJson({ out, bytes: Buffer.byteLength(page) })
  else process.stdout.write(`${out} written\n`)
}

const submit = async (flags: SweepFlags): Promise<void> => {
  const api = connect()
  const parameters = Object.fromEntries(flags.param.map(parseAxis))
  const body = {
    ...(await seriesBody(flags)),
    parameters,
    ...searchBody(flags),
    priority: Number(flags.priority),
  }
  const accepted = await api.post('/v1/sweeps', { json: body }, acceptedSweep)
  if (flags.wait !== true) {
    if (flags.json === true) printJson(accepted)
    else process.stdout.write(describeAccepted(accepted))
    return
  }
  if (accepted.series !== undefined) return watchSeries(api, accepted.series, flags)
  const run = { path: `/v1/sweeps/${accepted.id}`, label: 'sweep', view: runView, isQuiet: flags.json }
  const view = await watchRun(api, run)
  if (flags.json === true) printJson(view)
  else await print(view)
}

const print = async (view: RunView): Promise<void> => {
  process.stdout.write(describeSweep(sweepView.parse(view)))
  if (view.progress.done > 0) await results(view.id, { limit: String(PAGE) })
}

const results = async (
  id: string,
  flags: {
    readonly sort?: string
    readonly round?: string
    readonly limit: string
    readonly json?: boolean
  },
): Promise<void> => {
  const query = new URLSearchParams({
    limit: flags.limit,
    ...(flags.sort === undefined ? {} : { sort: flags.sort }),
    ...(flags.round === undefined ? {} : { round: flags.round }),
  })
  const page = await connect().get(`/v1/sweeps/${encodeURIComponent(id)}/results?${query}`, sweepRunPage)
  if (flags.json === true) printJson(page)
  else process.stdout.write(renderSweepRuns(page.items))
}
