import { sql } from 'kysely'
import type { Params } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/**
 * What a sweep has tried, by ordinal: of each combination the run over the most bars. The objective is null where the run
 * failed, breaks a constraint or is not over all bars, and so is what is undefined.
 */
export const listTrials = async (db: Db, scope: TenantScope, sweepId: string) => {
  const rows = await db
    .selectFrom('sweep_run')
    .leftJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .distinctOn('sweep_run.params')
    .select(['sweep_run.ordinal', 'sweep_run.params'])
    .select([
      sql<number | null>`case when violation = 0 and share = 1 then objective_value end`.as('objective'),
      sql<number | null>`(backtest_result.metrics->>'sharpe')::float8`.as('sharpe'),
    ])
    .orderBy('sweep_run.params')
    .orderBy('sweep_run.share', 'desc')
    .execute()
  // The column was written by a worker from the grid.
  return rows
    .map((row) => ({ ...row, params: row.params as Params }))
    .toSorted((a, b) => a.ordinal - b.ordinal)
}
