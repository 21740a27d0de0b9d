import type { Db } from '@botcriptofy/store/database'
import { cancelSweep, deleteSweep, findSweep } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { Answer } from '../plugins/idempotency.ts'
import { HttpProblem, notFound } from '../problem.ts'

interface RunName {
  readonly kind: 'backtest' | 'sweep'
  readonly id: string
}

/** What a walk-forward began is its own. */
const refuseWindow = async (db: Db, tenant: TenantScope, run: RunName): Promise<void> => {
  const walkforwardId = (await findSweep(db, tenant, run))?.walkforward_id ?? null
  if (walkforwardId === null) return
  throw new HttpProblem('ILLEGAL_TRANSITION', {
    detail: `expected a ${run.kind} of its own, was one of the walk-forward ${walkforwardId}`,
  })
}

/** Cancelling what is cancelled is no error; what has ended otherwise stays as it ended. */
export const cancelRun = async (tx: Db, tenant: TenantScope, run: RunName): Promise<Answer> => {
  await refuseWindow(tx, tenant, run)
  const outcome = await cancelSweep(tx, tenant, run)
  if (outcome === undefined) throw notFound(run.kind)
  if (outcome.kind === 'finished') {
    throw new HttpProblem('ILLEGAL_TRANSITION', {
      detail: `expected a ${run.kind} that has not ended, was ${outcome.status}`,
    })
  }
  return { status: 200, body: { id: run.id, status: 'cancelled' } }
}

export const deleteRun = async (db: Db, tenant: TenantScope, run: RunName): Promise<void> => {
  await refuseWindow(db, tenant, run)
  if (await deleteSweep(db, tenant, run)) return
  const row = await findSweep(db, tenant, run)
  if (row === undefined) throw notFound(run.kind)
  throw new HttpProblem('ILLEGAL_TRANSITION', {
    detail: `expected a ${run.kind} that has ended, was ${row.status}; cancel it first`,
  })
}

export const requireRun = async (db: Db, tenant: TenantScope, run: RunName) => {
  const row = await findSweep(db, tenant, run)
  if (row === undefined) throw notFound(run.kind)
  return row
}
