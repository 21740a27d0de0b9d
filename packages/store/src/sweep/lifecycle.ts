import { sql } from 'kysely'
import { type Axis, type Grid, openGrids } from '@botcriptofy/engine/sweep'
import type { Db, SweepStatus } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { appendBacklog } from './backlog.ts'

/** The status a sweep has now, and whether it has the one that was asked for. */
export interface Move {
  readonly isThere: boolean
  readonly status: SweepStatus
}

/**
 * Hands out no more chunks; those that are handed out already, a window at most, end and are counted. Pausing what is
 * paused changes nothing; undefined when there is no such sweep.
 */
export const pauseSweep = (tx: Db, scope: TenantScope, id: string): Promise<Move | undefined> =>
  moveSweep(tx, scope, {
    id,
    event: 'sweep.paused',
    from: ['queued', 'running'],
    to: sql`'paused'`,
    there: ['paused'],
  })

/** Goes on where the pause began. Resuming what runs changes nothing; undefined when there is no such sweep. */
export const resumeSweep = async (tx: Db, scope: TenantScope, id: string): Promise<Move | undefined> => {
  const move = await moveSweep(tx, scope, {
    id,
    event: 'sweep.resumed',
    from: ['paused'],
    to: sql`case when started_at is null then 'queued' else 'running' end`,
    there: ['queued', 'running'],
  })
  await sql`select pg_notify('sweep_dispatch', '')`.execute(tx)
  return move
}

interface Wanted {
  readonly id: string
  readonly event: string
  readonly from: readonly SweepStatus[]
  readonly to: ReturnType<typeof sql<SweepStatus>>
  readonly there: readonly SweepStatus[]
}

const moveSweep = async (
  tx: Db,
  scope: TenantScope,
  { id, event, from, to, there }: Wanted,
): Promise<Move | undefined> => {
  const moved = await tx
    .updateTable('sweep')
    .set({ status: to })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('kind', '=', 'sweep')
    .where('status', 'in', from)
    .returning(['status', 'total', 'remaining'])
    .executeTakeFirst()
  if (moved !== undefined) {
    const { status, ...data } = moved
    await insertEvent(tx, scope, { type: event, subjectId: id, data })
    return { isThere: true, status }
  }
  const row = await tx
    .selectFrom('sweep')
    .select('status')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .where('kind', '=', 'sweep')
    .executeTakeFirst()
  return row && { isThere: there.includes(row.status), status: row.status }
}

/** Keeps the sweep as it is until the caller's transaction ends. */
export const lockSweep = async (tx: Db, scope: TenantScope, id: string): Promise<void> => {
  await tx
    .selectFrom('sweep')
    .select('id')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .execute()
}

/** Forgets the failed runs of a locked sweep that has ended, and hands them out again; says how many there were. */
export const rerunFailed = async (tx: Db, scope: TenantScope, id: string): Promise<number> => {
  const { rows } = await sql<{ readonly runs: number }>`
    with gone as (
      delete from sweep_run
      where tenant_id = ${scope.tenantId} and sweep_id = ${id} and status = 'failed' returning ordinal
    ),
    numbered as (select ordinal, ordinal - row_number() over (order by ordinal) as range from gone),
    added as (
      insert into sweep_backlog (tenant_id, sweep_id, from_ordinal, to_ordinal)
      select ${scope.tenantId}::uuid, ${id}::uuid, min(ordinal), max(ordinal) + 1 from numbered group by range
    )
    select count(*)::int as runs from gone`.execute(tx)
  const runs = rows[0]?.runs ?? 0
  await tx
    .updateTable('sweep')
    .set((eb) => ({
      status: 'queued',
      remaining: eb('remaining', '+', runs),
      failed: eb('failed', '-', runs),
      attempt: eb('attempt', '+', 1),
      error_code: null,
      error_detail: null,
      finished_at: null,
    }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .execute()
  await insertEvent(tx, scope, { type: 'sweep.rerun', subjectId: id, data: { runs } })
  return runs
}

/**
 * Begins a locked sweep anew with another engine: no run of the old one stays, so that all it has are of one. Says how
 * many runs there are.
 */
export const restartSweep = async (
  tx: Db,
  scope: TenantScope,
  sweep: { readonly id: string; readonly grids: readonly Grid[]; readonly engineRevision: number },
): Promise<number> => {
  const { id, grids, engineRevision } = sweep
  await tx
    .deleteFrom('sweep_run')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', id)
    .execute()
  const { runs, search } = await tx
    .updateTable('sweep')
    .set((eb) => ({
      status: 'queued',
      remaining: eb.ref('total'),
      failed: 0,
      computed: 0,
      compute_ms: 0,
      attempt: eb('attempt', '+', 1),
      engine_revision: engineRevision,
      error_code: null,
      error_detail: null,
      started_at: null,
      finished_at: null,
    }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .returning(['total as runs', 'search'])
    .executeTakeFirstOrThrow()
  // A search runs a part of its grid, in one round when it may be run again.
  const to = search === null ? openGrids(grids).end : runs
  await appendBacklog(tx, scope, { sweepId: id, from: 0, to })
  await insertEvent(tx, scope, { type: 'sweep.rerun', subjectId: id, data: { runs } })
  return runs
}

/**
 * Appends a grid to a locked sweep that has ended. `grids` are those it has, `added` is how many combinations of `axes`
 * none of them holds; the others are passed over when their turn comes.
 */
export const extendSweep = async (
  tx: Db,
  scope: TenantScope,
  sweep: {
    readonly id: string
    readonly grids: readonly Grid[]
    readonly axes: readonly Axis[]
    readonly added: number
  },
): Promise<void> => {
  const { id, grids, axes, added } = sweep
  const from = openGrids(grids).end
  const { end: to } = openGrids([...grids, { firstOrdinal: from, axes }])
  await tx
    .insertInto('sweep_extension')
    .values({
      tenant_id: scope.tenantId,
      sweep_id: id,
      first_ordinal: from,
      axes: JSON.stringify(axes),
    })
    .execute()
  await tx
    .updateTable('sweep')
    .set((eb) => ({
      status: 'queued',
      total: eb('total', '+', added),
      remaining: eb('remaining', '+', added),
      finished_at: null,
    }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .execute()
  await appendBacklog(tx, scope, { sweepId: id, from, to })
  await insertEvent(tx, scope, { type: 'sweep.extended', subjectId: id, data: { added } })
}
