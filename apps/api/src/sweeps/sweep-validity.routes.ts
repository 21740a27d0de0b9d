import type { FastifyPluginAsync } from 'fastify'
import { idParams } from '@botcriptofy/contracts/http'
import { sweepValidity } from '@botcriptofy/contracts/sweep'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { requireRun } from '../runs/run-routes.ts'
import { findJudgedSweep, refuseUnended } from './judged-sweep.ts'

/** `/v1/sweeps/{id}/validity`: whether the best of a sweep is more than luck. */
export const sweepValidityRoutes =
  ({ database: { db }, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/sweeps/:id/validity',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary:
            'Is it real? The best run of a sweep that has ended against luck and against its neighbours',
          params: idParams,
          response: { 200: sweepValidity },
        },
      },
      async (request) => {
        const { tenant } = callerOf(request)
        const sweep = await requireRun(db, tenant, { kind: 'sweep', id: request.params.id })
        refuseUnended(sweep)
        return reports.judge(() => findJudgedSweep(db, tenant, { sweep }))
      },
    )
  }
