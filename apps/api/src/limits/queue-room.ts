import type { Db } from '@botcriptofy/store/database'
import { findExcess } from '@botcriptofy/store/limit'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem } from '../problem.ts'

/** At the end of the transaction that accepts work: refuses it, and undoes it so, when the tenant has too much queued. */
export const requireQueueRoom = async (tx: Db, tenant: TenantScope): Promise<void> => {
  const excess = await findExcess(tx, tenant)
  if (excess === undefined) return
  const { maxQueuedCombinations, queuedCombinations } = excess
  throw new HttpProblem('QUOTA_EXCEEDED', {
    detail: `expected at most ${maxQueuedCombinations} combinations that have not ended, would be ${queuedCombinations}`,
  })
}
