import { acceptedRun, backtestView } from '@botcriptofy/contracts/backtest'
import { candlePage, importResult, type SeriesName } from '@botcriptofy/contracts/candles'
import { sweepRunPage, sweepView } from '@botcriptofy/contracts/sweep'
import type { ApiClient } from '../client/api-client.ts'
import { BadInput } from '../failure.ts'
import { watchRun } from '../runs/watch.ts'
import type { SweepRun } from '../sweeps/sweep-table.ts'
import { GENERATED, type MarketData } from './market-data.ts'
import { emaCross, type SweepRequest, smaCross } from './strategies.ts'

export interface FinishedSweep {
  readonly title: string
  readonly id: string
  readonly series: SeriesName
  readonly isSimulated: boolean
  readonly combinations: number
  readonly computed: number
  readonly failed: number
  /** Best first by the objective. */
  readonly runs: readonly SweepRun[]
  /** The best run once more as a backtest, which has a report. */
  readonly reportPath: string | undefined
}

/** A sweep over real candles and one over many simulated minutes, through the API like any user's. */
export const runMainJob = async (api: ApiClient, real: MarketData): Promise<readonly FinishedSweep[]> => [
  await runSweep(api, real, smaCross(real.series)),
  await runSweep(api, GENERATED, emaCross(GENERATED.series)),
]

const runSweep = async (
  api: ApiClient,
  market: MarketData,
  request: SweepRequest,
): Promise<FinishedSweep> => {
  await ensureCandles(api, market)
  const { id } = await api.post('/v1/sweeps', { json: request }, acceptedRun)
  const sweep = await watchRun(api, { path: `/v1/sweeps/${id}`, label: market.title, view: sweepView })
  const { items } = await api.get(`/v1/sweeps/${id}/results?limit=10`, sweepRunPage)
  const best = items[0]
  return {
    title: market.title,
    id,
    series: market.series,
    isSimulated: market.isSimulated,
    combinations: sweep.combinations,
    computed: sweep.computed,
    failed: sweep.failed,
    runs: items,
    reportPath: best?.status === 'completed' ? await reportOf(api, request, best) : undefined,
  }
}

const ensureCandles = async (api: ApiClient, { series, isSimulated, isFixed, csv, title }: MarketData) => {
  const query = new URLSearchParams({ ...series })
  if (isFixed && (await hasCandles(api, query))) return
  process.stderr.write(`importing ${title}…\n`)
  query.set('simulated', String(isSimulated))
  await api.post(`/v1/candles/import?${query}`, { csv: await csv() }, importResult)
}

const hasCandles = async (api: ApiClient, query: URLSearchParams): Promise<boolean> => {
  try {
    return (await api.get(`/v1/candles?${query}&limit=1`, candlePage)).items.length > 0
  } catch (error) {
    // The series is not there yet; anything else is a failure.
    if (error instanceof BadInput) return false
    throw error
  }
}

/** The same strategy with the best parameters as a backtest of its own: a known result, so nothing is computed again. */
const reportOf = async (api: ApiClient, request: SweepRequest, best: SweepRun): Promise<string> => {
  const strategy = structuredClone(request.strategy)
  for (const [path, value] of Object.entries(best.params)) setAt(strategy, path.split('.'), value)
  const { id } = await api.post(
    '/v1/backtests',
    { json: { strategy, candles: request.candles } },
    acceptedRun,
  )
  await watchRun(api, { path: `/v1/backtests/${id}`, label: 'report', view: backtestView })
  return `/v1/backtests/${id}/report`
}

const setAt = (node: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void => {
  if (name === undefined) return
  if (rest.length === 0) node[name] = value
  else setAt(node[name] as Record<string, unknown>, rest, value)
}
