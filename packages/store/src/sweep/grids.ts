import type { Axis, Grid } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** The sweep's own grid and those that were appended, in the order of their ordinals. */
export const findGrids = async (
  db: Db,
  scope: TenantScope,
  { id, axes }: { readonly id: string; readonly axes: readonly Axis[] },
): Promise<readonly Grid[]> => {
  const rows = await db
    .selectFrom('sweep_extension')
    .select(['first_ordinal', 'axes'])
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', id)
    .orderBy('first_ordinal')
    .execute()
  return [
    { firstOrdinal: 0, axes },
    ...rows.map((row) => ({ firstOrdinal: row.first_ordinal, axes: row.axes as readonly Axis[] })),
  ]
}
