import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** The stretch of time before now that the pace is measured over. */
export const PACE_WINDOW_MS = 30_000

/** One row however large the sweep is: neither its axes nor its strategy are read. */
const selectProgress = (db: Db) =>
  db.selectFrom('sweep').select([
    'sweep.tenant_id',
    'sweep.id',
    'sweep.status',
    // A search that goes on has planned a part of its runs only.
    sql<number>`case when finished_at is null then greatest(total, expected) else total end`.as('total'),
    sql<number>`case when finished_at is null then greatest(total, expected) - total else 0 end + remaining`.as(
      'remaining',
    ),
    'sweep.error_code',
    'sweep.error_detail',
    sql<number | null>`(extract(epoch from now() - sweep.started_at) * 1000)::float8`.as('running_ms'),
    // Jobs end in the transaction of their runs, so what they held is what was done, whoever did it.
    sql<number>`(
      select coalesce(sum((payload->>'to')::int - (payload->>'from')::int), 0)::int from job_outbox
      where subject_id = sweep.id and name = 'sweep.chunk'
        and done_at > now() - ${PACE_WINDOW_MS} * interval '1 millisecond'
    )`.as('recent'),
  ])

export type ProgressRow = Awaited<ReturnType<typeof listRunningSweeps>>[number]

export const findProgress = (
  db: Db,
  scope: TenantScope,
  { kind, id }: { readonly kind: 'backtest' | 'sweep'; readonly id: string },
) =>
  selectProgress(db)
    .where('sweep.tenant_id', '=', scope.tenantId)
    .where('sweep.kind', '=', kind)
    .where('sweep.id', '=', id)
    .executeTakeFirst()

/** Of all tenants: each listener is told of its own. */
export const listRunningSweeps = (db: Db) =>
  selectProgress(db).where('sweep.status', '=', 'running').where('sweep.kind', '=', 'sweep').execute()
