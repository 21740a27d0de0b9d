import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import {
  acceptedRun,
  cancelledRun,
  equityPage,
  rowsQuery,
  runProgress,
} from '@botcriptofy/contracts/backtest'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  checkWalkForward,
  submitWalkForwardBody,
  walkforwardPage,
  walkforwardView,
} from '@botcriptofy/contracts/walkforward'
import { rankingOf } from '@botcriptofy/contracts/sweep'
import { unpackEquity } from '@botcriptofy/store/blob'
import { barLengthOf } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import type { TenantScope } from '@botcriptofy/store/tenant'
import {
  acceptWalkForward,
  cancelWalkForward,
  findWalkForward,
  listWalkForwards,
  listWindowResults,
} from '@botcriptofy/store/walkforward'
import type { ReportingDeps } from '../deps.ts'
import { requireQueueRoom } from '../limits/queue-room.ts'
import { pageOfColumns, pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { prepareRun, refuseParameters } from '../runs/prepare-run.ts'
import { walkforwardProgressOf, walkforwardSummaryOf, walkforwardViewOf } from './walkforward-view.ts'

const LIST = 'walkforwards'
const READ = { access: ['backtests:read'] } as const
const WRITE = { access: ['backtests:write'] } as const

/** Choose parameters on one part of the candles, judge them on the next, and so on. */
export const walkforwardRoutes =
  ({ database: { db } }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    submitRoute(app, db)
    readRoutes(app, db)
    progressRoute(app, db)
    equityRoute(app, db)
    cancelRoute(app, db)
  }

const submitRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/walkforwards',
    {
      config: WRITE,
      schema: {
        summary: 'Submit a walk-forward: a sweep for each training, a backtest for each test behind it',
        headers: idempotencyHeaders,
        body: submitWalkForwardBody,
        response: { 202: acceptedRun },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const { parameters, objective, windows: plan, priority, candles } = request.body
        const { strategy, dataset, ...rules } = await prepareRun(tx, tenant, request.body)
        const data = { from: dataset.fromMs, to: dataset.toMs }
        const barMs = barLengthOf(candles.timeframe)
        const checked = checkWalkForward({ strategy, parameters, plan, data, barMs })
        if (!checked.ok) throw refuseParameters(checked.error)
        const { id } = await acceptWalkForward(tx, tenant, {
          ...rules,
          ...rankingOf(objective),
          ...checked.value,
          strategySha256: await saveStrategyBody(tx, tenant, strategy),
          plan,
          priority,
          dataset,
        })
        await requireQueueRoom(tx, tenant)
        const headers = { location: `/v1/walkforwards/${id}` }
        return { status: 202, headers, body: { id, status: 'queued' } }
      })
    },
  )
}

export const requireWalkForward = async (db: Db, tenant: TenantScope, id: string) => {
  const row = await findWalkForward(db, tenant, id)
  if (row === undefined) throw notFound('walk-forward')
  return row
}

const readRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/walkforwards',
    {
      config: READ,
      schema: { summary: 'List walk-forwards', querystring: pageQuery, response: { 200: walkforwardPage } },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const page = { limit: limit + 1, beforeId: readCursor(LIST, cursor, z.uuid()) }
      const rows = await listWalkForwards(db, callerOf(request).tenant, page)
      return pageOfRows(rows, { list: LIST, limit, itemOf: walkforwardSummaryOf, placeOf: (row) => row.id })
    },
  )
  app.get(
    '/walkforwards/:id',
    {
      config: READ,
      schema: {
        summary: 'A walk-forward with its windows, and what the tests came to together',
        params: idParams,
        response: { 200: walkforwardView },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const row = await requireWalkForward(db, tenant, request.params.id)
      return walkforwardViewOf(row, await listWindowResults(db, tenant, row.id))
    },
  )
}

const progressRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/walkforwards/:id/progress',
    {
      config: READ,
      schema: {
        summary: 'How far a walk-forward is, how fast it goes and how long it will take',
        params: idParams,
        response: { 200: runProgress },
      },
    },
    async (request) =>
      walkforwardProgressOf(await requireWalkForward(db, callerOf(request).tenant, request.params.id)),
  )
}

/** The joined curve, or the refusal while there is none. */
export const requireJoined = ({
  equity,
  status,
}: {
  readonly equity: Buffer | null
  readonly status: string
}) => {
  if (equity !== null) return unpackEquity(equity)
  throw new HttpProblem('ILLEGAL_TRANSITION', { detail: `expected a completed walk-forward, was ${status}` })
}

const equityRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/walkforwards/:id/equity',
    {
      config: READ,
      schema: {
        summary: 'Equity of all tests joined, at the close of each bar',
        params: idParams,
        querystring: rowsQuery,
        response: { 200: equityPage },
      },
    },
    async (request) => {
      const row = await requireWalkForward(db, callerOf(request).tenant, request.params.id)
      const { time, equity } = requireJoined(row)
      const points = Array.from(time, (ms, bar): [number, number] => [ms, equity[bar] ?? 0])
      return pageOfColumns(points, { ...request.query, list: 'joined equity' })
    },
  )
}

const cancelRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/walkforwards/:id/cancel',
    {
      config: WRITE,
      schema: {
        summary: 'Cancel a walk-forward and all that its windows have under way',
        headers: idempotencyHeaders,
        params: idParams,
        response: { 200: cancelledRun },
      },
    },
    async (request, reply) =>
      answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const { id } = request.params
        const status = await cancelWalkForward(tx, callerOf(request).tenant, id)
        if (status === undefined) throw notFound('walk-forward')
        if (status === 'cancelled') return { status: 200, body: { id, status } }
        const detail = `expected a walk-forward that has not ended, was ${status}`
        throw new HttpProblem('ILLEGAL_TRANSITION', { detail })
      }),
  )
}
