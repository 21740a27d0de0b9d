import { sql } from 'kysely'
import { type Db, newId } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface NewEvent {
  readonly type: string
  readonly subjectId: string
  readonly data: object
}

/** Written in the transaction of what happened; it becomes visible to readers once the publisher has numbered it. */
export const insertEvent = (tx: Db, scope: TenantScope, event: NewEvent): Promise<void> =>
  insertEvents(tx, scope, [event])

/** The same for what happened together, in its order. */
export const insertEvents = async (
  tx: Db,
  scope: TenantScope,
  events: readonly NewEvent[],
): Promise<void> => {
  if (events.length === 0) return
  await tx
    .insertInto('event')
    .values(
      events.map((event) => ({
        id: newId(),
        tenant_id: scope.tenantId,
        type: event.type,
        subject_id: event.subjectId,
        time_ms: Date.now(),
        data: JSON.stringify(event.data),
      })),
    )
    .execute()
}

/** Any fixed number that nothing else in the database locks. */
const PUBLISHER_LOCK = 7_202_611_220_002

/**
 * Numbers committed events in the order of their ids. Only one publisher at a time gets the lock, so that a reader who
 * has seen seq n has seen everything below it. Returns how many were numbered.
 */
export const publishEvents = async (db: Db, limit: number): Promise<number> =>
  db.transaction().execute(async (tx) => {
    const lock = await sql<{
      got: boolean
    }>`select pg_try_advisory_xact_lock(${PUBLISHER_LOCK}) as got`.execute(tx)
    if (lock.rows[0]?.got !== true) return 0
    const result = await sql`
      with last as (select coalesce(max(seq), 0) as seq from event),
      batch as (
        select id, row_number() over (order by id) as n
        from (select id from event where seq is null order by id limit ${limit}) as unpublished
      )
      update event set seq = last.seq + batch.n from batch, last where event.id = batch.id`.execute(tx)
    return Number(result.numAffectedRows ?? 0n)
  })

/** Published events after `seq`, oldest first; operators may read every tenant's by passing no scope. */
export const findEvents = async (
  db: Db,
  scope: TenantScope | 'all-tenants',
  { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
) => {
  let query = db
    .selectFrom('event')
    .select(['seq', 'tenant_id', 'type', 'v', 'subject_id', 'time_ms', 'data'])
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
  if (scope !== 'all-tenants') query = query.where('tenant_id', '=', scope.tenantId)
  return query.execute()
}

export const lastEventSeq = async (db: Db): Promise<number> => {
  const row = await db
    .selectFrom('event')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst()
  return row?.seq ?? 0
}
