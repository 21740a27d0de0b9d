import { sql } from 'kysely'
import type { Db, SweepStatus } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import { withdrawJobs } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { dropBacklog } from './backlog.ts'

type Kind = 'backtest' | 'sweep'

const selectSweeps = (db: Db, scope: TenantScope, kind: Kind) =>
  db
    .selectFrom('sweep')
    .innerJoin('series', 'series.id', 'sweep.series_id')
    .innerJoin('strategy_body', (join) =>
      join
        .onRef('strategy_body.tenant_id', '=', 'sweep.tenant_id')
        .onRef('strategy_body.sha256', '=', 'sweep.strategy_sha256'),
    )
    .where('sweep.tenant_id', '=', scope.tenantId)
    .where('sweep.kind', '=', kind)
    .selectAll('sweep')
    .select([
      'series.venue',
      'series.symbol',
      'series.timeframe',
      'series.is_simulated',
      'strategy_body.body as strategy',
    ])

export type SweepRow = NonNullable<Awaited<ReturnType<typeof findSweep>>>

export const findSweep = (
  db: Db,
  scope: TenantScope,
  { kind, id }: { readonly kind: Kind; readonly id: string },
) => selectSweeps(db, scope, kind).where('sweep.id', '=', id).executeTakeFirst()

/** Newest first; `beforeId` is the last id of the page before. */
export const listSweeps = (
  db: Db,
  scope: TenantScope,
  page: { readonly kind: Kind; readonly limit: number; readonly beforeId?: string | undefined },
) => {
  // The runs of a walk-forward are found through it.
  let query = selectSweeps(db, scope, page.kind)
    .where('sweep.walkforward_id', 'is', null)
    .orderBy('sweep.id', 'desc')
    .limit(page.limit)
  if (page.beforeId !== undefined) query = query.where('sweep.id', '<', page.beforeId)
  return query.execute()
}

/** The sweeps that were submitted together with this one, itself among them, in the order of their series. */
export const listSeriesGroup = (db: Db, scope: TenantScope, sweep: Pick<SweepRow, 'id' | 'group_id'>) =>
  selectSweeps(db, scope, 'sweep')
    .where((eb) =>
      sweep.group_id === null ? eb('sweep.id', '=', sweep.id) : eb('sweep.group_id', '=', sweep.group_id),
    )
    .orderBy('sweep.group_place')
    .execute()

export type CancelOutcome =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'finished'; readonly status: SweepStatus }

/** Running chunks notice within half a second, waiting ones when a worker takes them; undefined when there is no such sweep. */
export const cancelSweep = async (
  tx: Db,
  scope: TenantScope,
  { kind, id }: { readonly kind: Kind; readonly id: string },
): Promise<CancelOutcome | undefined> => {
  const cancelled = await tx
    .updateTable('sweep')
    .set({ status: 'cancelled', finished_at: sql`now()` })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .where('status', 'in', ['queued', 'running', 'paused'])
    .returning(['total', 'remaining'])
    .executeTakeFirst()
  if (cancelled !== undefined) {
    // Before the jobs: the dispatcher may be handing out some, and what it commits is withdrawn as well.
    await dropBacklog(tx, scope, id)
    await withdrawJobs(tx, scope, id)
    await insertEvent(tx, scope, { type: `${kind}.cancelled`, subjectId: id, data: cancelled })
    return { kind: 'cancelled' }
  }
  const row = await tx
    .selectFrom('sweep')
    .select('status')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return row.status === 'cancelled' ? { kind: 'cancelled' } : { kind: 'finished', status: row.status }
}

/** True when a row went; a sweep that has not ended is not deleted. */
export const deleteSweep = async (
  tx: Db,
  scope: TenantScope,
  { kind, id }: { readonly kind: Kind; readonly id: string },
): Promise<boolean> => {
  const row = await tx
    .deleteFrom('sweep')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('kind', '=', kind)
    .where('status', 'not in', ['queued', 'running', 'paused'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * For a worker about to compute: true moves `queued` to `running`, false means that nobody wants the result any more.
 * What was handed out before a pause is still wanted.
 */
export const startSweep = async (db: Db, scope: TenantScope, id: string): Promise<boolean> => {
  const row = await db
    .updateTable('sweep')
    .set({
      status: sql<SweepStatus>`case status when 'paused' then status else 'running' end`,
      started_at: sql`coalesce(started_at, now())`,
    })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('status', 'in', ['queued', 'running', 'paused'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Which of these sweeps nobody waits for any more. */
export const findCancelled = async (db: Db, ids: readonly string[]): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('sweep')
    .select('id')
    .where('id', 'in', ids)
    .where('status', '=', 'cancelled')
    .execute()
  return rows.map((row) => row.id)
}
