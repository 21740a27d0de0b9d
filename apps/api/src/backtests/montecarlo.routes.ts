import type { FastifyPluginAsync } from 'fastify'
import type { z } from 'zod'
import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import { idParams } from '@botcriptofy/contracts/http'
import {
  type BacktestHistory,
  idleOption,
  MAX_WALKED_STEPS,
  monteCarloQuery,
  type MonteCarloRequest,
  monteCarloView,
} from '@botcriptofy/contracts/montecarlo'
import { unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { findRunSeries, findSingleRun, findSingleRunBlobs } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem, problemErrors } from '../problem.ts'
import { requireRun } from '../runs/run-routes.ts'
import { ownSeries } from './backtest-view.ts'
import { loadPinned } from './finished-run.ts'

/** `/v1/backtests/{id}/montecarlo`: other histories of a completed backtest, made in a thread. */
export const monteCarloRoutes =
  ({ database, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/backtests/:id/montecarlo',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'Is it real? Other histories of a completed backtest, with percentiles of how they end',
          params: idParams,
          querystring: monteCarloQuery,
          response: { 200: monteCarloView },
        },
      },
      async (request) => {
        const asked = requestOf(request.query)
        const { tenant } = callerOf(request)
        const run = await requireHistory(database, tenant, { id: request.params.id, method: asked.method })
        refuseLongWork(asked, run.history)
        const simulated = await reports.simulate(async () => ({ request: asked, history: run.history }))
        if (!simulated.ok) throw invalid(simulated.error)
        const { method, over, effect, seed } = asked
        const { startEquity } = run.history
        const { lowSample, maxDrawdown } = run
        const asSaid = { method, over, effect, seed, startEquity, lowSample, backtest: { maxDrawdown } }
        return monteCarloView.parse({ ...asSaid, meanBlockLength: null, ...simulated.value })
      },
    )
  }

const invalid = (problems: Parameters<typeof problemErrors>[0]) =>
  new HttpProblem('INVALID_REQUEST', { errors: problemErrors(problems) })

const NAMES: Readonly<Record<string, string>> = { meanBlockLength: 'blockLength', runs: 'samples' }

const requestOf = ({ samples, blockLength, over, ...query }: z.infer<typeof monteCarloQuery>) => {
  const isOfFills = query.method === 'slippage' || query.method === 'range'
  const request: MonteCarloRequest = {
    ...query,
    over: over ?? (isOfFills ? 'trades' : 'days'),
    runs: samples,
    meanBlockLength: blockLength,
  }
  const idle = idleOption(request)
  if (idle === undefined) return request
  throw invalid([{ ...idle, path: NAMES[idle.path] ?? idle.path }])
}

const DAY_MS = 86_400_000

const refuseLongWork = ({ over, runs }: MonteCarloRequest, { trades, curve }: BacktestHistory): void => {
  const time = curve?.time ?? new Float64Array()
  const steps = over === 'trades' ? trades.length : ((time.at(-1) ?? 0) - (time[0] ?? 0)) / DAY_MS
  const most = Math.floor(MAX_WALKED_STEPS / Math.max(1, steps))
  if (runs <= most) return
  const expected = `at most ${most} histories of ${Math.ceil(steps)} steps`
  throw invalid([{ path: 'samples', expected, actual: String(runs) }])
}

const requireHistory = async (
  database: OpenDatabase,
  tenant: TenantScope,
  { id, method }: { readonly id: string; readonly method: MonteCarloRequest['method'] },
) => {
  const { db } = database
  const row = await requireRun(db, tenant, { kind: 'backtest', id })
  const [run, blobs] = [await findSingleRun(db, tenant, id), await findSingleRunBlobs(db, tenant, id)]
  if (run?.status !== 'completed' || !blobs?.trades || !blobs.equity) {
    throw new HttpProblem('ILLEGAL_TRANSITION', {
      detail: `expected a completed backtest, was ${row.status}`,
    })
  }
  const { members } = await findRunSeries(db, tenant, id)
  if (method === 'range' && members !== null) {
    throw invalid([{ path: 'method', expected: 'no range for a portfolio', actual: method }])
  }
  const history: BacktestHistory = {
    trades: unpackTrades(blobs.trades),
    startEquity: backtestConfigSchema.parse(row.config).initialCapital,
    curve: unpackEquity(blobs.equity),
    candles: method === 'range' ? await loadPinned(database, ownSeries(row)) : undefined,
  }
  return { history, lowSample: run.low_sample ?? false, maxDrawdown: run.metrics?.['maxDrawdown'] ?? null }
}
