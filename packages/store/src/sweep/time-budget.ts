import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { scopeOf } from '../tenant/index.ts'
import { endSearch } from './plan-round.ts'

/**
 * Takes back what no job carries yet of sweeps whose seconds are over, counted from their first run; what was handed out
 * ends and counts. Says how many sweeps there were.
 */
export const stopSpentSweeps = async (db: Db): Promise<number> => {
  const spent = await sql<{ readonly tenantId: string; readonly id: string }>`
    select tenant_id as "tenantId", id from sweep
    where budget is not null and finished_at is null and ${IS_SPENT}
      and exists (select from sweep_backlog where sweep_id = sweep.id)`.execute(db)
  for (const sweep of spent.rows) await stopSpent(db, sweep)
  return spent.rows.length
}

/** A paused one is left in peace until it goes on. What is more than a time can be added to would fail for all tenants. */
const IS_SPENT = sql<boolean>`status in ('queued', 'running')
  and started_at + least((budget ->> 'seconds')::float8, 1e9) * interval '1 second' <= now()`

const stopSpent = (db: Db, { tenantId, id }: { readonly tenantId: string; readonly id: string }) =>
  db.transaction().execute(async (tx) => {
    // Locked in the order of a cancellation: the sweep, then its backlog, for which the dispatcher may be waited.
    const locked = await sql`select from sweep where id = ${id} and ${IS_SPENT} for update`.execute(tx)
    if (locked.rows.length === 0) return
    // What another dispatcher is handing out leaves the backlog before it is counted.
    await sql`select from sweep_backlog where sweep_id = ${id} for update`.execute(tx)
    const { rows } = await sql<{ readonly remaining: number }>`
      with waiting as (
        select coalesce(sum(to_ordinal - from_ordinal), 0)::int as runs from sweep_backlog where sweep_id = ${id}
      ),
      stopped as (
        update sweep set total = total - waiting.runs, remaining = remaining - waiting.runs,
          next_round = null, stopped_by = 'budget'
        from waiting where id = ${id} and waiting.runs > 0
          -- Where poison brought back all that was out, something has to be tried once more: no sweep is empty.
          and waiting.runs < total
        returning id, remaining
      ),
      gone as (delete from sweep_backlog using stopped where sweep_id = stopped.id)
      select remaining from stopped`.execute(tx)
    if (rows[0]?.remaining === 0) await endSearch(tx, scopeOf(tenantId), { id, stoppedBy: 'budget' })
  })
