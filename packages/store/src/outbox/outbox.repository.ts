import { sql } from 'kysely'
import type pg from 'pg'
import type { JobCatalog, JobName } from '@botcriptofy/contracts/catalog'
import { jobCatalog } from '@botcriptofy/contracts/catalog'
import type { JobPayload } from '@botcriptofy/contracts/job'
import { type Db, newId } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

export interface NewJob<Name extends JobName> {
  readonly name: Name
  readonly payload: JobPayload<JobCatalog[Name]>
  /** The row the job serves. */
  readonly subjectId: string
  /** What its job id is to be, instead of one made of the row's id. */
  readonly jobKey?: string
  /** 0 is the highest and the default. */
  readonly priority?: number
  /** Of the request that asks for it (W3C Trace Context). */
  readonly traceparent?: string | undefined
}

/** Writes jobs in the transaction of the domain rows they belong to; `shared` for what all tenants share. */
export const insertJobs = async <Name extends JobName>(
  tx: Db,
  scope: TenantScope | 'shared',
  jobs: readonly NewJob<Name>[],
): Promise<void> => {
  if (jobs.length === 0) return
  await tx
    .insertInto('job_outbox')
    .values(
      jobs.map((job) => ({
        id: newId(),
        tenant_id: scope === 'shared' ? null : scope.tenantId,
        queue: jobCatalog[job.name].queue,
        name: job.name,
        payload: JSON.stringify(job.payload),
        subject_id: job.subjectId,
        priority: job.priority ?? 0,
        job_key: job.jobKey ?? null,
        traceparent: job.traceparent ?? null,
      })),
    )
    .execute()
}

export interface OutboxRow {
  readonly id: string
  readonly queue: string
  readonly name: string
  readonly payload: unknown
  readonly priority: number
  readonly generation: number
  readonly jobKey: string | null
  readonly traceparent: string | null
  readonly createdAtMs: number
}

/** The store's half of the relay: the rows stay locked while they are sent, and are marked in the same transaction. */
export const forwardOutbox = async (
  db: Db,
  limit: number,
  send: (rows: readonly OutboxRow[]) => Promise<void>,
): Promise<number> =>
  db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('job_outbox')
      .select([
        'id',
        'queue',
        'name',
        'payload',
        'priority',
        'generation',
        'job_key as jobKey',
        'traceparent',
      ])
      .select(sql<number>`floor(extract(epoch from created_at) * 1000)::float8`.as('createdAtMs'))
      .where('sent_at', 'is', null)
      .where('done_at', 'is', null)
      .orderBy('priority')
      .orderBy('id')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute()
    if (rows.length === 0) return 0
    await send(rows)
    await tx
      .updateTable('job_outbox')
      .set({ sent_at: sql`now()` })
      .where(
        'id',
        'in',
        rows.map((row) => row.id),
      )
      .execute()
    return rows.length
  })

type Listen = (pool: pg.Pool, onAdded: () => void, onLost: () => void) => Promise<() => Promise<void>>

/** NOTIFY wakes the listener. `onLost` tells that the connection has ended and with it the listening. */
const listenTo =
  (channel: 'job_outbox' | 'sweep_dispatch' | 'bot_lease'): Listen =>
  async (pool, onAdded, onLost) => {
    const client = await pool.connect()
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      client.off('notification', onAdded)
      // Destroyed, not returned: the listening ends with the session.
      client.release(true)
    }
    client.on('notification', onAdded)
    client.on('error', () => {
      if (!isReleased) onLost()
      release()
    })
    try {
      await client.query(`listen ${channel}`)
    } catch (error) {
      release()
      throw error
    }
    return async () => release()
  }

/** For the relay: jobs were added. */
export const listenOutbox = listenTo('job_outbox')
/** For the dispatcher of sweeps: a chunk ended, or a sweep has more to hand out. */
export const listenDispatch = listenTo('sweep_dispatch')
/** For owners of bots: a user wants something of one. */
export const listenBots = listenTo('bot_lease')

/** Jobs that BullMQ has held for longer than `olderThanMs` without an effect; the reconciler asks BullMQ about them. */
export const findOpenJobs = async (db: Db, olderThanMs: number, limit: number) =>
  db
    .selectFrom('job_outbox')
    .select([
      'id',
      'tenant_id',
      'queue',
      'name',
      'payload',
      'generation',
      'job_key as jobKey',
      'subject_id',
      'sent_at',
    ])
    .where('done_at', 'is', null)
    .where('sent_at', '<', sql<Date>`now() - ${olderThanMs} * interval '1 millisecond'`)
    .orderBy('sent_at')
    .limit(limit)
    .execute()

/** Sends a job again on purpose, under a new generation, because BullMQ no longer knows it. */
export const resendJob = async (
  db: Db,
  job: { readonly id: string; readonly generation: number },
): Promise<void> => {
  await db
    .updateTable('job_outbox')
    .set({ sent_at: null, generation: job.generation + 1 })
    .where('id', '=', job.id)
    .where('generation', '=', job.generation)
    .where('done_at', 'is', null)
    .execute()
}

/**
 * Puts the jobs at the end of the reconciler's order without touching their state. Jobs that somebody is changing stay
 * where they are: waiting for one lock while holding others could end in a deadlock with a cancellation.
 */
export const touchOpenJobs = async (db: Db, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await db
    .updateTable('job_outbox')
    .set({ sent_at: sql`now()` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('job_outbox')
        .select('id')
        .where('id', 'in', ids)
        .where('sent_at', 'is not', null)
        .where('done_at', 'is', null)
        .forUpdate()
        .skipLocked(),
    )
    .execute()
}

/** A worker begins to compute the job; how often it did tells a deadly job from an unlucky one. */
export const countStart = async (db: Db, outboxId: string): Promise<void> => {
  await db
    .updateTable('job_outbox')
    .set((eb) => ({ starts: eb('starts', '+', 1) }))
    .where('id', '=', outboxId)
    .execute()
}

/** How often a worker began to compute the job. */
export const findStarts = async (db: Db, outboxId: string): Promise<number> => {
  const row = await db.selectFrom('job_outbox').select('starts').where('id', '=', outboxId).executeTakeFirst()
  return row?.starts ?? 0
}

/** Marks the job done in the transaction of its effect; a relay that has not sent it yet will not. */
export const markJobDone = async (tx: Db, outboxId: string): Promise<void> => {
  await tx
    .updateTable('job_outbox')
    .set({ done_at: sql`now()` })
    .where('id', '=', outboxId)
    .execute()
}

/** Takes jobs of one subject out of the outbox that BullMQ has not got, and names the ones it has. */
export const withdrawJobs = async (tx: Db, scope: TenantScope, subjectId: string) =>
  tx
    .updateTable('job_outbox')
    .set({ done_at: sql`now()` })
    .where('tenant_id', '=', scope.tenantId)
    .where('subject_id', '=', subjectId)
    .where('done_at', 'is', null)
    .returning(['id', 'queue', 'generation'])
    .execute()

export const oldestUnsentSeconds = async (db: Db): Promise<number> => {
  const row = await db
    .selectFrom('job_outbox')
    .select(sql<number>`coalesce(extract(epoch from now() - min(created_at)), 0)::float8`.as('seconds'))
    .where('sent_at', 'is', null)
    .where('done_at', 'is', null)
    .executeTakeFirstOrThrow()
  return row.seconds
}
