import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import {
  acceptedRun,
  backtestPage,
  backtestView,
  cancelledRun,
  submitBacktestBody,
} from '@botcriptofy/contracts/backtest'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import type { Db } from '@botcriptofy/store/database'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import {
  acceptSweep,
  findRunSeries,
  findSingleRun,
  findWaitReason,
  listRunSeries,
  listSweeps,
  type SweepRow,
} from '@botcriptofy/store/sweep'
import type { ApiDeps } from '../deps.ts'
import { requireQueueRoom } from '../limits/queue-room.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { prepareBacktest } from '../runs/prepare-backtest.ts'
import { cancelRun, deleteRun, requireRun } from '../runs/run-routes.ts'
import { backtestSummaryOf, backtestViewOf } from './backtest-view.ts'

const KIND = 'backtest'
const LIST = 'backtests'
const READ = { access: ['backtests:read'] } as const
const WRITE = { access: ['backtests:write'] } as const

/** Submit, look at, cancel and delete single backtests. */
export const backtestRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    submitRoute(app, db)
    readRoutes(app, db)
    changeRoutes(app, db)
  }

const submitRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/backtests',
    {
      config: WRITE,
      schema: {
        summary: 'Submit a backtest',
        headers: idempotencyHeaders,
        body: submitBacktestBody,
        response: { 202: acceptedRun },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const { strategy, dataset, ...run } = await prepareBacktest(tx, tenant, request.body)
        const { id } = await acceptSweep(tx, tenant, {
          ...run,
          kind: KIND,
          strategySha256: await saveStrategyBody(tx, tenant, strategy),
          axes: [],
          objective: 'sharpe',
          seriesId: dataset.seriesId,
          fromMs: dataset.fromMs,
          toMs: dataset.toMs,
          bars: dataset.bars,
          datasetDigest: dataset.digest,
          traceparent: request.traced?.traceparent,
        })
        request.traced?.note({ 'botcriptofy.run_id': id })
        await requireQueueRoom(tx, tenant)
        const headers = { location: `/v1/backtests/${id}` }
        return { status: 202, headers, body: { id, status: 'queued' } }
      })
    },
  )
}

const readRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/backtests',
    {
      config: READ,
      schema: { summary: 'List backtests', querystring: pageQuery, response: { 200: backtestPage } },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const page = { kind: KIND, limit: limit + 1, beforeId: readCursor(LIST, cursor, z.uuid()) } as const
      const { tenant } = callerOf(request)
      const rows = await listSweeps(db, tenant, page)
      const seriesOf = await listRunSeries(
        db,
        tenant,
        rows.map(({ id }) => id),
      )
      const itemOf = (row: SweepRow) => backtestSummaryOf(row, seriesOf(row.id))
      return pageOfRows(rows, { list: LIST, limit, itemOf, placeOf: (row) => row.id })
    },
  )

  app.get(
    '/backtests/:id',
    {
      config: READ,
      schema: {
        summary: 'A backtest with its metrics when done',
        params: idParams,
        response: { 200: backtestView },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const row = await requireRun(db, tenant, { kind: KIND, id })
      const series = await findRunSeries(db, tenant, id)
      const view = backtestViewOf(row, series, await findSingleRun(db, tenant, id))
      return { ...view, waitingFor: (await findWaitReason(db, tenant, id)) ?? null }
    },
  )
}

const changeRoutes = (app: ZodApp, db: Db): void => {
  app.post(
    '/backtests/:id/cancel',
    {
      config: WRITE,
      schema: {
        summary: 'Cancel a queued or running backtest',
        headers: idempotencyHeaders,
        params: idParams,
        response: { 200: cancelledRun },
      },
    },
    async (request, reply) => {
      const run = { kind: KIND, id: request.params.id } as const
      return answerOnce({ request, reply }, transactionsOf(db), ({ tx }) =>
        cancelRun(tx, callerOf(request).tenant, run),
      )
    },
  )

  app.delete(
    '/backtests/:id',
    {
      config: WRITE,
      schema: {
        summary: 'Delete a backtest that has ended',
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await deleteRun(db, callerOf(request).tenant, { kind: KIND, id: request.params.id })
      return reply.code(204).send(null)
    },
  )
}
