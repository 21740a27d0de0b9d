import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** Gives the dispatcher the ordinals [from, to) to hand out. */
export const appendBacklog = async (
  tx: Db,
  scope: TenantScope,
  { sweepId, from, to }: { readonly sweepId: string; readonly from: number; readonly to: number },
): Promise<void> => {
  await tx
    .insertInto('sweep_backlog')
    .values({ tenant_id: scope.tenantId, sweep_id: sweepId, from_ordinal: from, to_ordinal: to })
    .execute()
}

/** Nothing more of the sweep is handed out. */
export const dropBacklog = async (tx: Db, scope: TenantScope, sweepId: string): Promise<void> => {
  await tx
    .deleteFrom('sweep_backlog')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .execute()
}
