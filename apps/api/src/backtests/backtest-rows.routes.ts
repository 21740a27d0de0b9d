import type { FastifyPluginAsync } from 'fastify'
import { equityPage, rowsQuery, tradePage } from '@botcriptofy/contracts/backtest'
import { idParams } from '@botcriptofy/contracts/http'
import { unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { findSingleRunBlobs } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { pageOfColumns } from '../page/cursor.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { requireRun } from '../runs/run-routes.ts'

const READ = { access: ['backtests:read'] } as const

/** The trades and the equity curve of a finished backtest. */
export const backtestRowRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)

    const requireBlobs = async (tenant: TenantScope, id: string) => {
      const run = await requireRun(db, tenant, { kind: 'backtest', id })
      const blobs = await findSingleRunBlobs(db, tenant, id)
      if (blobs?.trades && blobs.equity) return { trades: blobs.trades, equity: blobs.equity }
      throw new HttpProblem('ILLEGAL_TRANSITION', {
        detail: `expected a completed backtest, was ${run.status}`,
      })
    }

    app.get(
      '/backtests/:id/trades',
      {
        config: READ,
        schema: {
          summary: 'Trades by exit bar, then entry bar',
          params: idParams,
          querystring: rowsQuery,
          response: { 200: tradePage },
        },
      },
      async (request) => {
        const blobs = await requireBlobs(callerOf(request).tenant, request.params.id)
        return pageOfColumns(unpackTrades(blobs.trades), { ...request.query, list: 'trades' })
      },
    )

    app.get(
      '/backtests/:id/equity',
      {
        config: READ,
        schema: {
          summary: 'Equity at the close of each bar',
          params: idParams,
          querystring: rowsQuery,
          response: { 200: equityPage },
        },
      },
      async (request) => {
        const blobs = await requireBlobs(callerOf(request).tenant, request.params.id)
        const { time, equity } = unpackEquity(blobs.equity)
        const points = Array.from(time, (ms, bar): [number, number] => [ms, equity[bar] ?? 0])
        return pageOfColumns(points, { ...request.query, list: 'equity' })
      },
    )
  }
