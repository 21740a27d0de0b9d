import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { cancelledRun } from '@botcriptofy/contracts/backtest'
import { idempotencyHeaders, idParams, pageQuery } from '@botcriptofy/contracts/http'
import {
  acceptedSweep,
  resultsQuery,
  runParams,
  submitSweepBody,
  sweepPage,
  sweepRunPage,
  sweepRunView,
  sweepView,
} from '@botcriptofy/contracts/sweep'
import type { Db } from '@botcriptofy/store/database'
import { findRounds, findRun, findWaitReason, listRuns, listSweeps } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { requireQueueRoom } from '../limits/queue-room.ts'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import { withZod, type ZodApp } from '../plugins/zod.ts'
import { notFound } from '../problem.ts'
import { cancelRun, requireRun } from '../runs/run-routes.ts'
import { requireSweep } from './require-sweep.ts'
import { submitSweep } from './submit-sweep.ts'
import { checksRoute } from './sweep-checks.routes.ts'
import { seriesRoutes } from './sweep-series.routes.ts'
import { transitionRoutes } from './sweep-transitions.ts'
import { sweepRunViewOf, sweepSummaryOf, sweepViewOf } from './sweep-view.ts'

const KIND = 'sweep'
const LIST = 'sweeps'
const READ = { access: ['backtests:read'] } as const
const WRITE = { access: ['backtests:write'] } as const

/** Submit, look at, cancel, pause and continue sweeps. */
export const sweepRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)
    submitRoute(app, db)
    readRoutes(app, db)
    resultsRoute(app, db)
    cancelRoute(app, db)
    transitionRoutes(app, db)
    checksRoute(app, db)
    seriesRoutes(app, db)
    runRoute(app, db)
  }

const submitRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/sweeps',
    {
      config: WRITE,
      schema: {
        summary: 'Submit a grid of up to 100,000 backtests, or a search in a larger one',
        headers: idempotencyHeaders,
        body: submitSweepBody,
        response: { 202: acceptedSweep },
      },
    },
    async (request, reply) => {
      const { tenant } = callerOf(request)
      return answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const series = await submitSweep(tx, tenant, request.body)
        const [{ id }] = series
        request.traced?.note({ 'botcriptofy.run_id': id })
        await requireQueueRoom(tx, tenant)
        const body = { id, status: 'queued', ...(series.length === 1 ? {} : { series }) }
        return { status: 202, headers: { location: `/v1/sweeps/${id}` }, body }
      })
    },
  )
}

const readRoutes = (app: ZodApp, db: Db): void => {
  app.get(
    '/sweeps',
    {
      config: READ,
      schema: { summary: 'List sweeps', querystring: pageQuery, response: { 200: sweepPage } },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const page = { kind: KIND, limit: limit + 1, beforeId: readCursor(LIST, cursor, z.uuid()) } as const
      const rows = await listSweeps(db, callerOf(request).tenant, page)
      return pageOfRows(rows, { list: LIST, limit, itemOf: sweepSummaryOf, placeOf: (row) => row.id })
    },
  )

  app.get(
    '/sweeps/:id',
    {
      config: READ,
      schema: { summary: 'A sweep and its progress', params: idParams, response: { 200: sweepView } },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { sweep, grids } = await requireSweep(db, tenant, id)
      const view = sweepViewOf(sweep, { grids, rounds: await findRounds(db, tenant, id) })
      return { ...view, waitingFor: (await findWaitReason(db, tenant, id)) ?? null }
    },
  )
}

const resultsRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/sweeps/:id/results',
    {
      config: READ,
      schema: {
        summary: 'Finished runs, best first',
        params: idParams,
        querystring: resultsQuery,
        response: { 200: sweepRunPage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { limit, cursor, sort, round } = request.query
      await requireRun(db, tenant, { kind: KIND, id })
      const order = sort ?? { metric: 'objective' as const, direction: 'desc' as const }
      const list = `results by ${order.direction} ${order.metric} of ${round ?? 'all'}`
      const offset = readCursor(list, cursor, z.int().min(0)) ?? 0
      const rows = await listRuns(db, tenant, {
        sweepId: id,
        sort: order.metric,
        direction: order.direction,
        ordinals: round === undefined ? undefined : await requireRound(db, tenant, { id, round }),
        limit: limit + 1,
        offset,
      })
      return pageOfRows(rows, { list, limit, itemOf: sweepRunViewOf, placeOf: () => offset + limit })
    },
  )
}

/** The ordinals of a round of the sweep. */
const requireRound = async (
  db: Db,
  tenant: TenantScope,
  { id, round }: { readonly id: string; readonly round: number },
) => {
  const found = (await findRounds(db, tenant, id)).find((one) => one.round === round)
  if (found === undefined) throw notFound('round of the sweep')
  return { from: found.firstOrdinal, to: found.firstOrdinal + found.runs }
}

const runRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/sweeps/:id/runs/:ordinal',
    {
      config: READ,
      schema: { summary: 'One finished run', params: runParams, response: { 200: sweepRunView } },
    },
    async (request) => {
      const { id, ordinal } = request.params
      const run = await findRun(db, callerOf(request).tenant, { sweepId: id, ordinal })
      if (run === undefined) throw notFound('finished run')
      return sweepRunViewOf(run)
    },
  )
}

const cancelRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/sweeps/:id/cancel',
    {
      config: WRITE,
      schema: {
        summary: 'Cancel a sweep that has not ended; finished runs stay',
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
}
