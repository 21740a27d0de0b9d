import type { FastifyPluginAsync } from 'fastify'
import { idParams } from '@botcriptofy/contracts/http'
import { backtestReportPolicy } from '@botcriptofy/report/backtest'
import { portfolioReportPolicy } from '@botcriptofy/report/portfolio'
import { findRunSeries } from '@botcriptofy/store/sweep'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { publicOrigin } from '../reports/origin.ts'
import { requireRun } from '../runs/run-routes.ts'
import { backtestReportData, portfolioReportData } from './report-data.ts'

/** `/v1/backtests/{id}/report`: the tear sheet as one HTML page that loads nothing. */
export const backtestReportRoutes =
  ({ database, config, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/backtests/:id/report',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'The report of a completed backtest (HTML)',
          produces: ['text/html'],
          params: idParams,
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const { id } = request.params
        const row = await requireRun(database.db, tenant, { kind: 'backtest', id })
        const series = await findRunSeries(database.db, tenant, id)
        const run = { tenant, row, series }
        const { members } = series
        const page = await reports.render(async () =>
          members === null
            ? {
                kind: 'backtest',
                data: {
                  ...(await backtestReportData(database, run)),
                  promoted: { id, origin: publicOrigin(config, request) },
                },
              }
            : { kind: 'portfolio', data: await portfolioReportData(database, run, members) },
        )
        const policy = members === null ? backtestReportPolicy() : portfolioReportPolicy()
        return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page)
      },
    )
  }
