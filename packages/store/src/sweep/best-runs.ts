import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** A sweep keeps the trades and equity of this many runs; the rest can be computed again from their address. */
export const BEST_RUNS_KEPT = 20

const selectBest = (db: Db, scope: TenantScope, sweepId: string) =>
  db
    .selectFrom('sweep_run')
    .where('sweep_run.tenant_id', '=', scope.tenantId)
    .where('sweep_run.sweep_id', '=', sweepId)
    .where('share', '=', 1)
    .orderBy('violation')
    .orderBy('objective_value', (order) => order.desc().nullsLast())
    .orderBy('ordinal')

/** Of the best runs of a sweep those whose trades and equity nobody has kept, with the hash that the trades must have. */
export const listBestUnkept = async (db: Db, scope: TenantScope, sweepId: string) => {
  const best = await selectBest(db, scope, sweepId)
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select(['ordinal', 'backtest_result.address', 'trades_sha256 as tradesSha256'])
    .select(sql<boolean>`trades is not null`.as('isKept'))
    .limit(BEST_RUNS_KEPT)
    .execute()
  return best.filter(({ isKept }) => !isKept)
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
  const row = await selectBest(db, scope, sweepId)
    .where('objective_value', 'is not', null)
    .select('ordinal')
    .limit(1)
    .executeTakeFirst()
  return row?.ordinal
}
