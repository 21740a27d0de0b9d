import type { Db, SweepStatus } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import { insertJobs } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { insertReduction } from './reduce-sweep.ts'

/** A sweep or a single backtest in the transaction that ended it. */
export interface EndedSweep {
  readonly id: string
  readonly kind: 'backtest' | 'sweep'
  readonly status: SweepStatus
  readonly total: number
  readonly failed: number
  readonly computed: number
}

/** What every sweep leaves behind that nobody cancelled. */
export const concludeSweep = async (tx: Db, scope: TenantScope, sweep: EndedSweep): Promise<void> => {
  const { id, kind, status, total, failed, computed } = sweep
  await insertEvent(tx, scope, {
    type: `${kind}.${status}`,
    subjectId: id,
    data: { total, failed, computed },
  })
  if (kind === 'sweep' && status === 'completed') await insertReduction(tx, scope, id)
  await tellWalkForward(tx, scope, id)
}

/** A walk-forward goes on when the training or the test of a window has ended. */
const tellWalkForward = async (tx: Db, scope: TenantScope, sweepId: string): Promise<void> => {
  const row = await tx
    .selectFrom('sweep')
    .select('walkforward_id as walkforwardId')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', sweepId)
    .executeTakeFirst()
  const walkforwardId = row?.walkforwardId ?? null
  if (walkforwardId === null) return
  const payload = { v: 1 as const, tenantId: scope.tenantId, walkforwardId, sweepId }
  await insertJobs(tx, scope, [{ name: 'walkforward.step', payload, subjectId: walkforwardId }])
}
