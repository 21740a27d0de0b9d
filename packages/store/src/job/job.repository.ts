import { type RawBuilder, sql } from 'kysely'
import type { JobState } from '@botcriptofy/contracts/job'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface JobSearch {
  /** A row of the outbox, or what its jobs serve. */
  readonly id?: string | undefined
  /** How often the job was sent again; with `id` only. */
  readonly generation?: number | undefined
  /** Name or id. */
  readonly tenant?: string | undefined
  /** Name, sha256 or id. */
  readonly strategy?: string | undefined
  readonly state?: JobState | undefined
  readonly limit: number
  /** The last id of the page before. */
  readonly beforeId?: string | undefined
}

export interface JobRow {
  readonly id: string
  readonly generation: number
  readonly jobKey: string | null
  readonly queue: string
  readonly name: string
  readonly state: JobState
  /** Null for work on what all tenants share. */
  readonly tenant: string | null
  readonly strategy_name: string | null
  /** Null when the run was deleted. */
  readonly kind: 'backtest' | 'sweep' | null
  readonly subject_id: string
  readonly from_ordinal: number | null
  readonly to_ordinal: number | null
  readonly created_at: Date
  readonly sent_at: Date | null
  readonly done_at: Date | null
}

/** Runs of the job's own range; a chunk has few, found by (sweep_id, ordinal). */
const hasRun = (condition: RawBuilder<boolean>) => sql<boolean>`exists (
  select from sweep_run r where r.sweep_id = j.subject_id
    and r.ordinal >= (j.payload ->> 'from')::int and r.ordinal < (j.payload ->> 'to')::int and ${condition})`

const IS_FAILED = sql<boolean>`(coalesce(s.failed, 0) > 0 and ${hasRun(sql`r.status = 'failed'`)})`
const IS_CANCELLED = sql<boolean>`(coalesce(s.status, '') = 'cancelled' and not ${hasRun(sql`true`)})`

const CONDITIONS: Readonly<Record<JobState, RawBuilder<boolean>>> = {
  waiting: sql`j.done_at is null and j.sent_at is null`,
  sent: sql`j.done_at is null and j.sent_at is not null`,
  cancelled: sql`j.done_at is not null and ${IS_CANCELLED}`,
  failed: sql`j.done_at is not null and not ${IS_CANCELLED} and ${IS_FAILED}`,
  done: sql`j.done_at is not null and not ${IS_CANCELLED} and not ${IS_FAILED}`,
}

const STATE = sql`case when j.done_at is null and j.sent_at is null then 'waiting' when j.done_at is null then 'sent'
  when ${IS_CANCELLED} then 'cancelled' when ${IS_FAILED} then 'failed' else 'done' end`

/** Newest first; operators may search every tenant's by passing no scope. */
export const findJobs = async (
  db: Db,
  scope: TenantScope | 'all-tenants',
  search: JobSearch,
): Promise<readonly JobRow[]> => {
  const found = await sql<JobRow>`
    select j.id, j.generation, j.job_key as "jobKey", j.queue, j.name, ${STATE} as state, t.name as tenant,
      b.body ->> 'name' as strategy_name, s.kind, j.subject_id,
      (j.payload ->> 'from')::int as from_ordinal, (j.payload ->> 'to')::int as to_ordinal,
      j.created_at, j.sent_at, j.done_at
    from job_outbox j
    left join tenant t on t.id = j.tenant_id
    left join sweep s on s.tenant_id = j.tenant_id and s.id = j.subject_id
    left join strategy_body b on b.tenant_id = s.tenant_id and b.sha256 = s.strategy_sha256
    where ${sql.join([...conditionsOf(scope, search)], sql` and `)}
    order by j.id desc limit ${search.limit}`.execute(db)
  return found.rows
}

function* conditionsOf(
  scope: TenantScope | 'all-tenants',
  { id, generation, tenant, strategy, state, beforeId }: JobSearch,
): Generator<RawBuilder<boolean>> {
  yield scope === 'all-tenants' ? sql`true` : sql`j.tenant_id = ${scope.tenantId}`
  if (beforeId !== undefined) yield sql`j.id < ${beforeId}`
  if (generation !== undefined) yield sql`j.id = ${id} and j.generation = ${generation}`
  else if (id !== undefined) yield sql`(j.id = ${id} or j.subject_id = ${id})`
  if (tenant !== undefined) yield sql`(t.name = ${tenant} or t.id::text = ${tenant.toLowerCase()})`
  if (strategy !== undefined) yield usesStrategy(strategy)
  if (state !== undefined) yield CONDITIONS[state]
}

const usesStrategy = (strategy: string) => sql<boolean>`(
  b.body ->> 'name' = ${strategy} or b.sha256 = ${strategy.toLowerCase()} or exists (
    select from strategy_version v where v.tenant_id = b.tenant_id and v.sha256 = b.sha256
      and v.strategy_id::text = ${strategy.toLowerCase()}))`
