import { cancelledSeries, overSeriesPage, type acceptedSweep } from '@botcriptofy/contracts/sweep'
import type { Command } from 'commander'
import type { z } from 'zod'
import type { ApiClient } from '../client/api-client.ts'
import { connect } from '../client/connect.ts'
import { printJson, selectionOf, submitBody, type SubmitFlags } from '../runs/options.ts'
import { runView } from '../runs/run-commands.ts'
import { watchRun } from '../runs/watch.ts'
import { renderOverSeries } from './series-text.ts'

type Accepted = z.infer<typeof acceptedSweep>

interface SeriesFlags {
  readonly sort: string
  readonly limit: string
  readonly json?: boolean
}

/** `series` and `cancel-series`: what is of all series that a sweep was submitted over. */
export const addSeries = (sweeps: Command): void => {
  sweeps
    .command('series')
    .description('the combinations over all series of the submission, the best of their worst scores first')
    .argument('<id>', 'of the sweep of any of the series')
    .option('--sort <score>', 'worst or median over the series', 'worst')
    .option('--limit <count>', 'how many', '20')
    .option('--json', 'print the page as one JSON object')
    .action((id: string, flags: SeriesFlags) => printSeries(connect(), id, flags))
  sweeps
    .command('cancel-series')
    .description('cancel the sweeps of all series that have not ended')
    .argument('<id>', 'of the sweep of any of the series')
    .option('--json', 'print one JSON object')
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const answer = await connect().post(`${pathOf(id)}/cancel`, { json: {} }, cancelledSeries)
      if (json === true) printJson(answer)
      else process.stdout.write(answer.series.map((one) => `${one.id} ${one.status}\n`).join(''))
    })
}

const pathOf = (id: string) => `/v1/sweeps/${encodeURIComponent(id)}/series`

const printSeries = async (api: ApiClient, id: string, { sort, limit, json }: SeriesFlags): Promise<void> => {
  const page = await api.get(`${pathOf(id)}?${new URLSearchParams({ sort, limit })}`, overSeriesPage)
  if (json === true) printJson(page)
  else process.stdout.write(renderOverSeries(page))
}

/** Every symbol in every timeframe that the flags name, the first timeframe first. */
export const namedSeries = (flags: Omit<SubmitFlags, 'strategy'>) =>
  flags.timeframe
    .split(',')
    .flatMap((timeframe) => flags.symbol.map((symbol) => selectionOf({ ...flags, timeframe }, symbol)))

/** The first series is the body's `candles`; a server that knows one alone is sent no other word. */
export const seriesBody = async (flags: SubmitFlags) => {
  const [candles, ...alsoOn] = namedSeries(flags)
  return { ...(await submitBody(flags)), candles, ...(alsoOn.length === 0 ? {} : { alsoOn }) }
}

export const describeAccepted = ({ id, series = [] }: Accepted): string => {
  if (series.length === 0) return `${id} queued; botcriptofy sweeps watch ${id}\n`
  const lines = series.map((one) => `${one.id} queued: ${one.venue} ${one.symbol} ${one.timeframe}`)
  return `${lines.join('\n')}\nbotcriptofy sweeps series ${id} compares them\n`
}

/** Waits for the sweep of each series and prints how the combinations did on all. */
export const watchSeries = async (
  api: ApiClient,
  series: NonNullable<Accepted['series']>,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  for (const { id, symbol, timeframe } of series) {
    const label = `${symbol} ${timeframe}`
    await watchRun(api, { path: `/v1/sweeps/${id}`, label, view: runView, isQuiet: json })
  }
  const [first] = series
  if (first !== undefined)
    await printSeries(api, first.id, { sort: 'worst', limit: '20', ...(json && { json }) })
}
