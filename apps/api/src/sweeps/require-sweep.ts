import type { Axis } from '@botcriptofy/engine/sweep'
import type { Db } from '@botcriptofy/store/database'
import { findGrids } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { requireRun } from '../runs/run-routes.ts'

/** A sweep of the tenant with all its grids. The JSON column was validated when the sweep was accepted. */
export const requireSweep = async (db: Db, tenant: TenantScope, id: string) => {
  const sweep = await requireRun(db, tenant, { kind: 'sweep', id })
  const grids = await findGrids(db, tenant, { id, axes: sweep.axes as readonly Axis[] })
  return { sweep, grids }
}
