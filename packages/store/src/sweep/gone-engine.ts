import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { withdrawJobs } from '../outbox/index.ts'
import { scopeOf } from '../tenant/index.ts'
import { LIVING_REVISIONS, NO_POOL } from '../worker-pool/index.ts'
import { dropBacklog } from './backlog.ts'
import { concludeSweep } from './end-sweep.ts'

/** The code of a sweep that no worker could go on with. */
export const ENGINE_REVISION_GONE = 'ENGINE_REVISION_GONE'

/**
 * Fails the sweeps and backtests whose engine no worker has had for `patienceMs`, while others work: what they have
 * computed stays, what is missing would never come. Says how many there were.
 */
export const failGoneEngines = async (db: Db, patienceMs: number): Promise<number> => {
  const { rows } = await sql<{ readonly tenantId: string; readonly id: string }>`
    select tenant_id as "tenantId", id from sweep where ${isGone(patienceMs)}`.execute(db)
  for (const sweep of rows) await failGone(db, { ...sweep, patienceMs })
  return rows.length
}

const isGone = (patienceMs: number) => sql<boolean>`status in ('queued', 'running')
  and created_at < now() - ${patienceMs} * interval '1 millisecond'
  and not (${NO_POOL}) and engine_revision not in ${LIVING_REVISIONS}
  and not exists (select from worker_pool where worker_pool.engine_revision = sweep.engine_revision
    and seen_at > now() - ${patienceMs} * interval '1 millisecond')`

const failGone = (
  db: Db,
  gone: { readonly tenantId: string; readonly id: string; readonly patienceMs: number },
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { id, patienceMs } = gone
    const scope = scopeOf(gone.tenantId)
    const locked = await sql`select from sweep where id = ${id} and ${isGone(patienceMs)} for update`.execute(
      tx,
    )
    if (locked.rows.length === 0) return
    const minutes = Math.round(patienceMs / 60_000)
    const row = await tx
      .updateTable('sweep')
      .set({
        status: 'failed',
        finished_at: sql`now()`,
        next_round: null,
        error_code: ENGINE_REVISION_GONE,
        error_detail: sql<string>`'expected a worker of engine revision ' || engine_revision ||
          ', there was none for ' || ${minutes}::text || ' minutes; run it again with the present engine'`,
      })
      .where('id', '=', id)
      .returning(['id', 'kind', 'status', 'total', 'failed', 'computed'])
      .executeTakeFirstOrThrow()
    await dropBacklog(tx, scope, id)
    await withdrawJobs(tx, scope, id)
    await concludeSweep(tx, scope, row)
  })
