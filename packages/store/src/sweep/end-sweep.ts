import type { Db, SweepStatus } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { BEST_RUNS_KEPT, dropUnrankedBlobs } from './best-runs.ts'

/** A sweep or a single backtest in the transaction that ended it. */
export interface EndedSweep {
  readonly id: string
  readonly kind: 'backtest' | 'sweep'
  readonly status: SweepStatus
  readonly total: number
  readonly failed: number
  readonly computed: number
}

/** What every sweep that ends leaves behind, however it ends; a cancelled one keeps all it has. */
export const concludeSweep = async (tx: Db, scope: TenantScope, sweep: EndedSweep): Promise<void> => {
  const { id, kind, status, total, failed, computed } = sweep
  if (total > BEST_RUNS_KEPT) await dropUnrankedBlobs(tx, id)
  await insertEvent(tx, scope, {
    type: `${kind}.${status}`,
    subjectId: id,
    data: { total, failed, computed },
  })
}
