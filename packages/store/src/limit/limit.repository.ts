import { sql } from 'kysely'
import { combinationCount } from '@botcriptofy/engine/sweep'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** What a tenant may take of the workers; null: as much as there is. */
export interface TenantLimits {
  /** Its share of the computing time beside others. */
  readonly weight: number
  /** Chunks that are handed out and have not ended. */
  readonly maxRunningChunks: number | null
  /** Combinations that were accepted and have not ended. */
  readonly maxQueuedCombinations: number | null
  /** Time of threads in one UTC day. */
  readonly cpuSecondsPerDay: number | null
}

/** What it has of them now. */
export interface TenantUsage {
  readonly runningChunks: number
  readonly queuedCombinations: number
  readonly cpuSecondsToday: number
}

/** The row of all tenants, where they have none of their own. */
export type LimitOwner = TenantScope | 'all tenants'

/** What holds for each tenant, with the time it has used today: a sub-select with `tenant_id`. */
export const heldLimits = sql`(
  select tenant.id as tenant_id, coalesce(own.weight, common.weight, 1) as weight,
    coalesce(own.max_running_chunks, common.max_running_chunks) as max_running_chunks,
    coalesce(own.max_queued_combinations, common.max_queued_combinations) as max_queued_combinations,
    coalesce(own.cpu_seconds_per_day, common.cpu_seconds_per_day) as cpu_seconds_per_day,
    coalesce(used.compute_ms, 0) / 1000 as cpu_seconds_today
  from tenant
  left join tenant_limit as own on own.tenant_id = tenant.id
  left join tenant_limit as common on common.tenant_id is null
  left join tenant_usage as used on used.tenant_id = tenant.id and used.day = (now() at time zone 'utc')::date
)`

export interface TenantState extends TenantLimits, TenantUsage {
  readonly id: string
  readonly name: string
}

/** Tenants by name with what they may take and what they have; all of them, or the one of the scope. */
export const listTenantStates = async (
  db: Db,
  of: TenantScope | { readonly afterName: string | undefined; readonly limit: number },
): Promise<readonly TenantState[]> => {
  const isOne = 'tenantId' in of
  const { rows } = await sql<TenantState>`
    select tenant.id, tenant.name, held.weight, held.max_running_chunks as "maxRunningChunks",
      held.max_queued_combinations as "maxQueuedCombinations", held.cpu_seconds_per_day as "cpuSecondsPerDay",
      held.cpu_seconds_today as "cpuSecondsToday",
      (select count(*)::int from job_outbox where job_outbox.tenant_id = tenant.id and done_at is null
        and job_outbox.name = 'sweep.chunk') as "runningChunks",
      (select coalesce(sum(remaining), 0)::int from sweep where sweep.tenant_id = tenant.id
        and finished_at is null) as "queuedCombinations"
    from tenant join ${heldLimits} as held on held.tenant_id = tenant.id
    where ${isOne ? sql`tenant.id = ${of.tenantId}` : sql`tenant.name > ${of.afterName ?? ''}`}
    order by tenant.name
    limit ${isOne ? 1 : of.limit}`.execute(db)
  return rows
}

/** Of the row itself, null where it says nothing. */
export type StatedLimits = { readonly [Key in keyof TenantLimits]: number | null }

/** Replaces what the row says; null takes a limit away, so that the one for all tenants holds, or none. */
export const setLimits = async (db: Db, owner: LimitOwner, limits: StatedLimits): Promise<void> => {
  const row = {
    weight: limits.weight,
    max_running_chunks: limits.maxRunningChunks,
    max_queued_combinations: limits.maxQueuedCombinations,
    cpu_seconds_per_day: limits.cpuSecondsPerDay,
    updated_at: sql<Date>`now()`,
  }
  await db
    .insertInto('tenant_limit')
    .values({ tenant_id: owner === 'all tenants' ? null : owner.tenantId, ...row })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(row))
    .execute()
}

/** What the row says; all null while there is none. */
export const findStatedLimits = async (db: Db, owner: LimitOwner): Promise<StatedLimits> => {
  const row = await db
    .selectFrom('tenant_limit')
    .selectAll()
    .where('tenant_id', 'is not distinct from', owner === 'all tenants' ? null : owner.tenantId)
    .executeTakeFirst()
  return {
    weight: row?.weight ?? null,
    maxRunningChunks: row?.max_running_chunks ?? null,
    maxQueuedCombinations: row?.max_queued_combinations ?? null,
    cpuSecondsPerDay: row?.cpu_seconds_per_day ?? null,
  }
}

/** What a tenant that has accepted too much was allowed, and what it would have. */
export interface Excess {
  readonly maxQueuedCombinations: number
  readonly queuedCombinations: number
}

/**
 * For the transaction that has accepted work: undefined when the tenant keeps its limit with it. Those of one tenant wait
 * here for each other, so that two of them do not take the same room.
 */
export const findExcess = async (tx: Db, scope: TenantScope): Promise<Excess | undefined> => {
  const held = await sql<{ readonly max: number | null }>`
    select max_queued_combinations as max from ${heldLimits} as held where tenant_id = ${scope.tenantId}`.execute(
    tx,
  )
  const maxQueuedCombinations = held.rows[0]?.max ?? null
  if (maxQueuedCombinations === null) return undefined
  await sql`select from tenant where id = ${scope.tenantId} for no key update`.execute(tx)
  const { rows } = await sql<{ readonly queued: number }>`
    select coalesce(sum(remaining), 0)::int as queued from sweep
    where tenant_id = ${scope.tenantId} and finished_at is null`.execute(tx)
  const queuedCombinations = (rows[0]?.queued ?? 0) + (await countUnplanned(tx, scope))
  return queuedCombinations > maxQueuedCombinations
    ? { maxQueuedCombinations, queuedCombinations }
    : undefined
}

/** Combinations of the trainings of walk-forwards that are accepted and have no rows of sweeps yet. */
const countUnplanned = async (tx: Db, { tenantId }: TenantScope): Promise<number> => {
  const flows = await tx
    .selectFrom('walkforward')
    .select(['axes', 'windows'])
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'queued')
    .execute()
  return flows.reduce((sum, { axes, windows }) => sum + windows * combinationCount(axes), 0)
}

/** Counts the time that threads computed for the tenant, to the UTC day on which the transaction began. */
export const addUsage = async (tx: Db, scope: TenantScope, computeMs: number): Promise<void> => {
  if (computeMs === 0) return
  await sql`
    insert into tenant_usage (tenant_id, day, compute_ms)
    values (${scope.tenantId}, (now() at time zone 'utc')::date, ${computeMs})
    on conflict (tenant_id, day) do update set compute_ms = tenant_usage.compute_ms + excluded.compute_ms`.execute(
    tx,
  )
}
