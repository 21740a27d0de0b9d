import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** Ordinals [from, to) of a sweep. */
export interface BacklogPart {
  readonly sweepId: string
  readonly from: number
  readonly to: number
  /** A chunk of it has no more runs than this. */
  readonly maxRuns?: number | undefined
  /** Of the request that asks for it (W3C Trace Context). */
  readonly traceparent?: string | undefined
}

/** Gives the dispatcher something to hand out. */
export const appendBacklog = async (
  tx: Db,
  scope: TenantScope,
  { sweepId, from, to, maxRuns, traceparent }: BacklogPart,
): Promise<void> => {
  await tx
    .insertInto('sweep_backlog')
    .values({
      tenant_id: scope.tenantId,
      sweep_id: sweepId,
      from_ordinal: from,
      to_ordinal: to,
      max_runs: maxRuns ?? null,
      traceparent: traceparent ?? null,
    })
    .execute()
}

/** Nothing more of the sweep is handed out. */
export const dropBacklog = async (tx: Db, scope: TenantScope, sweepId: string): Promise<void> => {
  await tx
    .deleteFrom('sweep_backlog')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .execute()
}

/** What a tenant waits for; `tenantId` null: all tenants together that are not among those named. */
export interface Backlog {
  readonly tenantId: string | null
  readonly runs: number
  /** In the deficit round robin; null: none had a turn yet, or it is not one tenant. */
  readonly creditMs: number | null
}

/** Runs that could be handed out: of the `limit` tenants with the most, then of the rest together, if there is one. */
export const findBacklogs = async (db: Db, limit: number): Promise<readonly Backlog[]> => {
  const { rows } = await sql<Backlog>`
    with tenant_backlog as (
      select sweep_backlog.tenant_id, sum(to_ordinal - from_ordinal)::float8 as runs
      from sweep_backlog join sweep on sweep.id = sweep_backlog.sweep_id
      where sweep.status in ('queued', 'running')
      group by sweep_backlog.tenant_id
    ), placed as (
      select *, row_number() over (order by runs desc, tenant_id) as place from tenant_backlog
    )
    select placed.tenant_id as "tenantId", runs, credit_ms as "creditMs"
    from placed left join tenant_turn on tenant_turn.tenant_id = placed.tenant_id where place <= ${limit}
    union all
    select null, sum(runs), null from placed where place > ${limit} having count(*) > 0
    order by "tenantId" nulls last`.execute(db)
  return rows
}
