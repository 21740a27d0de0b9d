import { z } from 'zod'
import { idParams } from '@botcriptofy/contracts/http'
import {
  type JudgedSweep,
  judgeSweep,
  MAX_COMPARED_RUNS,
  type SweepValidity,
  sweepValidity,
} from '@botcriptofy/contracts/sweep'
import { findLastBarMs } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import { listBlocks, listRuns, listTrials, type SweepRow } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { callerOf } from '../plugins/auth.ts'
import type { ZodApp } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import type { ReportThreads } from '../reports/report-threads.ts'
import { requireRun } from '../runs/run-routes.ts'
import { sweepRunViewOf } from './sweep-view.ts'

interface JudgeDeps {
  readonly db: Db
  readonly reports: ReportThreads
}

/** `/v1/sweeps/{id}/validity`: whether the best of a sweep is more than luck. */
export const validityRoute = (app: ZodApp, deps: JudgeDeps): void => {
  app.get(
    '/sweeps/:id/validity',
    {
      config: { access: ['backtests:read'] },
      schema: {
        summary: 'Is it real? The best run of a sweep that has ended against luck and against its neighbours',
        params: idParams,
        response: { 200: sweepValidity },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const sweep = await requireRun(deps.db, tenant, { kind: 'sweep', id: request.params.id })
      refuseUnended(sweep)
      return findValidity(deps, tenant, sweep)
    },
  )
}

export const refuseUnended = ({ finished_at, status }: SweepRow): void => {
  if (finished_at !== null) return
  throw new HttpProblem('ILLEGAL_TRANSITION', { detail: `expected a sweep that has ended, was ${status}` })
}

/** The part of the JSON column that counts here; it was validated when the sweep was accepted. */
const judgedConfig = z.object({ periodsPerYear: z.number(), rows: z.number().nullable() })

export const findValidity = async (
  { db, reports }: JudgeDeps,
  tenant: TenantScope,
  sweep: SweepRow,
): Promise<SweepValidity> => {
  const { periodsPerYear, rows } = judgedConfig.parse(sweep.config)
  const bySharpe = { sort: 'sharpe', direction: 'desc', limit: 1, offset: 0 } as const
  const compared = { sweepId: sweep.id, limit: MAX_COMPARED_RUNS }
  const [trials, [first], lastBarMs, overfitting] = await Promise.all([
    listTrials(db, tenant, sweep.id),
    listRuns(db, tenant, { ...bySharpe, sweepId: sweep.id }),
    findLastBarMs(db, sweep.series_id, { fromMs: sweep.from_ms, toMs: sweep.to_ms, rows }),
    listBlocks(db, tenant, compared).then(reports.judgeOverfitting),
  ])
  return judgeSweep({
    id: sweep.id,
    objective: sweep.objective,
    failed: sweep.failed,
    periodsPerYear,
    trials,
    sharpest: sharpestOf(first),
    overfitting,
    lastBarMs: lastBarMs ?? null,
  })
}

type RunRow = Awaited<ReturnType<typeof listRuns>>[number]

const sharpestOf = (row: RunRow | undefined): JudgedSweep['sharpest'] => {
  if (row === undefined) return null
  const { ordinal, params, metrics } = sweepRunViewOf(row)
  return metrics === null || metrics.sharpe === null ? null : { ordinal, params, metrics }
}
