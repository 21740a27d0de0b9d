import { sql } from 'kysely'
import type { Rank } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** A sweep keeps the trades and equity of this many runs; the rest can be computed again from their address. */
export const BEST_RUNS_KEPT = 20

/** The rank a run must beat to be among the best so far; null while there are fewer. */
export const bestRunsThreshold = async (db: Db, sweepId: string): Promise<Rank | null> => {
  const row = await db
    .selectFrom('sweep_run')
    .select(['objective_value as score', 'violation'])
    .where('sweep_id', '=', sweepId)
    .where('objective_value', 'is not', null)
    .where('share', '=', 1)
    .orderBy('violation')
    .orderBy('objective_value', 'desc')
    .offset(BEST_RUNS_KEPT - 1)
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

/** Drops the trades and equity of runs that were among the best for a while only, unless another run needs them. */
export const dropUnrankedBlobs = async (tx: Db, sweepId: string): Promise<void> => {
  await sql`
    with ranked as (
      select address, row_number() over (
        order by share = 1 desc, violation, objective_value desc nulls last, ordinal) as place
      from sweep_run where sweep_id = ${sweepId} and address is not null
    )
    update backtest_result set trades = null, equity = null
    where trades is not null
      and address in (select address from ranked where place > ${BEST_RUNS_KEPT})
      and not exists (
        select from sweep_run join sweep on sweep.id = sweep_run.sweep_id
        where sweep_run.address = backtest_result.address and sweep.id <> ${sweepId}
      )`.execute(tx)
}

/** The ordinal of the run that ranks first; undefined while none has the objective. */
export const findBestOrdinal = async (
  db: Db,
  scope: TenantScope,
  sweepId: string,
): Promise<number | undefined> => {
  const row = await db
    .selectFrom('sweep_run')
    .select('ordinal')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .where('objective_value', 'is not', null)
    .where('share', '=', 1)
    .orderBy('violation')
    .orderBy('objective_value', 'desc')
    .orderBy('ordinal')
    .limit(1)
    .executeTakeFirst()
  return row?.ordinal
}
