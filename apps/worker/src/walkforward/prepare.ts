import type { Db } from '@botcriptofy/store/database'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { Failure, WalkForwardForWork } from '@botcriptofy/store/walkforward'

/** Reads and computes first; what it yields is the step, which only writes, or why there is no going on. */
export type Prepare = (
  db: Db,
  scope: TenantScope,
  given: { readonly flow: WalkForwardForWork; readonly sweepId: string },
) => Promise<((tx: Db) => Promise<void>) | Failure>
