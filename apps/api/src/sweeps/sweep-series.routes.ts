import { z } from 'zod'
import { idempotencyHeaders, idParams } from '@botcriptofy/contracts/http'
import { cancelledSeries, overSeriesPage, overSeriesQuery } from '@botcriptofy/contracts/sweep'
import type { Db } from '@botcriptofy/store/database'
import { cancelSweep, listOverSeries, listSeriesGroup } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { pageOfRows, readCursor } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { answerOnce, transactionsOf } from '../plugins/idempotency.ts'
import type { ZodApp } from '../plugins/zod.ts'
import { requireRun } from '../runs/run-routes.ts'
import { runViewOf } from '../runs/run-view.ts'

/** The sweeps over several series that were submitted as one, named by any of them. */
export const seriesRoutes = (app: ZodApp, db: Db): void => {
  overSeriesRoute(app, db)
  cancelSeriesRoute(app, db)
}

const requireGroup = async (db: Db, tenant: TenantScope, id: string) =>
  listSeriesGroup(db, tenant, await requireRun(db, tenant, { kind: 'sweep', id }))

const overSeriesRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/sweeps/:id/series',
    {
      config: { access: ['backtests:read'] },
      schema: {
        summary: 'The series that a sweep was submitted over, and how each combination did on all of them',
        params: idParams,
        querystring: overSeriesQuery,
        response: { 200: overSeriesPage },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { limit, cursor, sort } = request.query
      const list = `combinations over series by ${sort}`
      const offset = readCursor(list, cursor, z.int().min(0)) ?? 0
      const group = await requireGroup(db, tenant, request.params.id)
      const sweepIds = group.map(({ id }) => id)
      const rows = await listOverSeries(db, tenant, { sweepIds, sort, limit: limit + 1, offset })
      const page = pageOfRows(rows, { list, limit, itemOf: (row) => row, placeOf: () => offset + limit })
      return overSeriesPage.parse({ ...page, series: group.map(runViewOf) })
    },
  )
}

const cancelSeriesRoute = (app: ZodApp, db: Db): void => {
  app.post(
    '/sweeps/:id/series/cancel',
    {
      config: { access: ['backtests:write'] },
      schema: {
        summary: 'Cancel the sweeps over all series that have not ended; finished runs stay',
        headers: idempotencyHeaders,
        params: idParams,
        response: { 200: cancelledSeries },
      },
    },
    async (request, reply) =>
      answerOnce({ request, reply }, transactionsOf(db), async ({ tx }) => {
        const { tenant } = callerOf(request)
        const series = []
        for (const { id } of await requireGroup(tx, tenant, request.params.id)) {
          const outcome = await cancelSweep(tx, tenant, { kind: 'sweep', id })
          const status = outcome?.kind === 'finished' ? outcome.status : ('cancelled' as const)
          series.push({ id, status })
        }
        return { status: 200, body: { series } }
      }),
  )
}
