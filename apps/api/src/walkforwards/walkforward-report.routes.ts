import type { FastifyPluginAsync } from 'fastify'
import { idParams } from '@botcriptofy/contracts/http'
import { walkforwardReportPolicy } from '@botcriptofy/report/walkforward'
import { listWindowResults } from '@botcriptofy/store/walkforward'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { walkforwardViewOf } from './walkforward-view.ts'
import { requireJoined, requireWalkForward } from './walkforwards.routes.ts'

/** `/v1/walkforwards/{id}/report`: the joined curve against what the trainings promised, as one HTML page. */
export const walkforwardReportRoutes =
  ({ database: { db }, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/walkforwards/:id/report',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'The report of a completed walk-forward (HTML)',
          produces: ['text/html'],
          params: idParams,
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const row = await requireWalkForward(db, tenant, request.params.id)
        const view = walkforwardViewOf(row, await listWindowResults(db, tenant, row.id))
        const curve = requireJoined(row)
        if (view.result === null) throw new HttpProblem('ILLEGAL_TRANSITION')
        const data = { view, result: view.result, ...curve }
        const page = await reports.render(async () => ({ kind: 'walkforward', data }))
        return reply
          .header('content-security-policy', walkforwardReportPolicy())
          .type('text/html; charset=utf-8')
          .send(page)
      },
    )
  }
