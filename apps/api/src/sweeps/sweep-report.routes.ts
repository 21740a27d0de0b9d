import type { FastifyPluginAsync } from 'fastify'
import { idParams } from '@botcriptofy/contracts/http'
import type { SweepView } from '@botcriptofy/contracts/sweep'
import { renderSweepReport, type SweepReportData, sweepReportPolicy } from '@botcriptofy/report/sweep'
import { findRounds, listRuns } from '@botcriptofy/store/sweep'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { requireSweep } from './require-sweep.ts'
import { findValidity, refuseUnended } from './sweep-validity.routes.ts'
import { shownMetricOf, sweepRunViewOf, sweepViewOf } from './sweep-view.ts'

/** `/v1/sweeps/{id}/report`: the finished runs of a sweep as one HTML page that loads nothing. */
export const sweepReportRoutes =
  ({ database: { db }, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/sweeps/:id/report',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'The report of a sweep that has ended (HTML)',
          produces: ['text/html'],
          params: idParams,
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const { id } = request.params
        const { sweep: row, grids } = await requireSweep(db, tenant, id)
        const rounds = await findRounds(db, tenant, id)
        refuseUnended(row)
        const objective = shownMetricOf(row)
        const order = { sort: 'objective', direction: 'desc' } as const
        const runs = await listRuns(db, tenant, { ...order, sweepId: id, limit: row.total, offset: 0 })
        const page = renderSweepReport({
          ...reportHeadOf(sweepViewOf(row, { grids, rounds })),
          objective,
          validity: await findValidity({ db, reports }, tenant, row),
          runs: runs.map(sweepRunViewOf).flatMap(reportRunOf),
        })
        return reply
          .header('content-security-policy', sweepReportPolicy())
          .type('text/html; charset=utf-8')
          .send(page)
      },
    )
  }

const reportHeadOf = (sweep: SweepView) => ({
  strategyName: sweep.strategyName,
  strategySha256: sweep.strategySha256,
  market: { venue: sweep.venue, symbol: sweep.symbol, timeframe: sweep.timeframe },
  dataset: { digest: sweep.datasetDigest, simulated: sweep.isSimulated, seed: null },
  engineRevision: sweep.engineRevision,
  parameters: Object.keys(sweep.parameters).map((path) => ({ path, values: valuesOf(sweep, path) })),
  failed: sweep.failed,
})

/** What the parameter takes in any of the sweep's grids, ascending. */
const valuesOf = ({ parameters, extensions }: SweepView, path: string): number[] => {
  const values = [parameters, ...extensions.map((grid) => grid.parameters)].flatMap(
    (grid) => grid[path] ?? [],
  )
  return [...new Set(values)].toSorted((a, b) => a - b)
}

const reportRunOf = (run: ReturnType<typeof sweepRunViewOf>): SweepReportData['runs'] =>
  run.metrics === null || run.lowSample === null
    ? []
    : [{ parameters: run.params, metrics: run.metrics, lowSample: run.lowSample }]
