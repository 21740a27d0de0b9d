import { sql } from 'kysely'
import type { Db } from '../database/index.ts'

/** A process that takes jobs from a queue. */
export interface WorkerPool {
  readonly id: string
  readonly queue: string
  readonly host: string
  readonly pid: number
  readonly slots: number
  readonly engineRevision: number
}

/** Pools tell every few seconds; one that was silent for so long is gone, or cannot reach Postgres. */
const SILENT_SECONDS = 30
/** How long it is remembered that there was one. */
const REMEMBERED_DAYS = 7

const IS_LIVING = sql`seen_at > now() - ${sql.lit(SILENT_SECONDS)} * interval '1 second'`

/** The engines of the pools that live; a sub-select. */
export const LIVING_REVISIONS = sql`(select engine_revision from worker_pool where ${IS_LIVING})`
/** Nobody has told of any: then nothing is known of engines. */
export const NO_POOL = sql`not exists (select from worker_pool where ${IS_LIVING})`

/** Tells that the pool lives; `idleMs`: since it last took a job, or asked the queue and found nothing to take. */
export const tellPool = async (db: Db, pool: WorkerPool, idleMs: number): Promise<void> => {
  await sql`
    insert into worker_pool (id, queue, host, pid, slots, engine_revision, active_at)
    values (${pool.id}, ${pool.queue}, ${pool.host}, ${pool.pid}, ${pool.slots}, ${pool.engineRevision},
      now() - ${idleMs} * interval '1 millisecond')
    on conflict (id) do update set seen_at = now(), active_at = excluded.active_at`.execute(db)
  await sql`delete from worker_pool where seen_at < now() - ${REMEMBERED_DAYS} * interval '1 day'`.execute(db)
}

/** The pool stops by itself: it is remembered, and no longer counted. */
export const leavePool = async (db: Db, id: string): Promise<void> => {
  await sql`
    update worker_pool set seen_at = least(seen_at, now() - ${SILENT_SECONDS} * interval '1 second')
    where id = ${id}`.execute(db)
}

export interface PoolState extends WorkerPool {
  readonly isLiving: boolean
  readonly seenAgoSeconds: number
  readonly idleSeconds: number
}

/** Newest first. */
export const listPools = async (db: Db): Promise<readonly PoolState[]> => {
  const { rows } = await sql<PoolState>`
    select id, queue, host, pid, slots, engine_revision as "engineRevision", ${IS_LIVING} as "isLiving",
      extract(epoch from now() - seen_at)::float8 as "seenAgoSeconds",
      extract(epoch from now() - active_at)::float8 as "idleSeconds"
    from worker_pool order by seen_at desc, id`.execute(db)
  return rows
}
