import type { FastifyPluginAsync } from 'fastify'
import { periodicSchema } from '@botcriptofy/contracts/backtest'
import { backtestChecksView } from '@botcriptofy/contracts/checks'
import { idParams } from '@botcriptofy/contracts/http'
import { findSingleRunBlobs } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { requireRun } from '../runs/run-routes.ts'

const READ = { access: ['backtests:read'] } as const

/** How far to trust a finished backtest, and in which months and hours it made what it made. */
export const backtestAnalysisRoutes =
  ({ database: { db } }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    const app = withZod(scope)

    const requireAnalysis = async (tenant: TenantScope, id: string) => {
      const run = await requireRun(db, tenant, { kind: 'backtest', id })
      const found = await findSingleRunBlobs(db, tenant, id)
      if (found?.checks && found.periodic) return { checks: found.checks, periodic: found.periodic }
      const detail =
        run.status === 'completed'
          ? 'expected a result with checks, was one of an earlier version; submit the backtest again'
          : `expected a completed backtest, was ${run.status}`
      throw new HttpProblem('ILLEGAL_TRANSITION', { detail })
    }

    app.get(
      '/backtests/:id/checks',
      {
        config: READ,
        schema: {
          summary:
            'What was checked before the backtest: candles, warm-up, look-ahead; of a portfolio by symbol',
          params: idParams,
          response: { 200: backtestChecksView },
        },
      },
      async (request) => {
        const { checks } = await requireAnalysis(callerOf(request).tenant, request.params.id)
        return backtestChecksView.parse(checks)
      },
    )

    app.get(
      '/backtests/:id/periodic',
      {
        config: READ,
        schema: {
          summary: 'Returns by calendar period and results by the hour of entry',
          params: idParams,
          response: { 200: periodicSchema },
        },
      },
      async (request) => {
        const { periodic } = await requireAnalysis(callerOf(request).tenant, request.params.id)
        return periodicSchema.parse(periodic)
      },
    )
  }
