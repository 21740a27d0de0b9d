import { sql } from 'kysely'
import type { Params } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** All runs of a sweep that came to an end, by ordinal, with what ranks them; null where they failed or it is undefined. */
export const listTrials = async (db: Db, scope: TenantScope, sweepId: string) => {
  const rows = await db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .select([
      'sweep_run.ordinal',
      'sweep_run.params',
      'sweep_run.objective_value as objective',
      sql<number | null>`(backtest_result.metrics->>'sharpe')::float8`.as('sharpe'),
    ])
    .orderBy('sweep_run.ordinal')
    .execute()
  // The column was written by a worker from the grid.
  return rows.map((row) => ({ ...row, params: row.params as Params }))
}
