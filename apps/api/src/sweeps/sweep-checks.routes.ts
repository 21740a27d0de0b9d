import { sweepChecksView } from '@botcriptofy/contracts/checks'
import { idParams } from '@botcriptofy/contracts/http'
import type { Db } from '@botcriptofy/store/database'
import { findSweepChecks } from '@botcriptofy/store/sweep'
import { callerOf } from '../plugins/auth.ts'
import type { ZodApp } from '../plugins/zod.ts'
import { HttpProblem } from '../problem.ts'
import { requireRun } from '../runs/run-routes.ts'

/** How far to trust the candles and the rules that a sweep tries. */
export const checksRoute = (app: ZodApp, db: Db): void => {
  app.get(
    '/sweeps/:id/checks',
    {
      config: { access: ['backtests:read'] },
      schema: {
        summary: 'What was checked with the first run of the sweep: candles, warm-up, look-ahead',
        params: idParams,
        response: { 200: sweepChecksView },
      },
    },
    async (request) => {
      const { tenant } = callerOf(request)
      const { id } = request.params
      const { status } = await requireRun(db, tenant, { kind: 'sweep', id })
      const found = await findSweepChecks(db, tenant, id)
      if (found?.checks) return sweepChecksView.parse(found)
      const expected = 'expected a sweep whose first run has completed, in this version or a later one'
      throw new HttpProblem('ILLEGAL_TRANSITION', { detail: `${expected}; the sweep is ${status}` })
    },
  )
}
