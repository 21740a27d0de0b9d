import { setTimeout as pause } from 'node:timers/promises'
import type { Queue } from '@botcriptofy/runtime/queue'
import type { Redis } from '@botcriptofy/runtime/redis'
import type { Db } from '@botcriptofy/store/database'
import type { EventReader, ToldEvents } from './event-reader.ts'
import { countUnfinished } from './gather.ts'

const LOOK_MS = 200

/** Ids of sweeps that have not come to their end. */
export const unfinishedSweeps = async (db: Db): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('sweep')
    .select('id')
    .where('status', 'not in', ['completed', 'failed', 'cancelled'])
    .execute()
  return rows.map(({ id }) => id)
}

/** What is still going on, in words; nothing when all is at rest. */
const goingOn = async (db: Db, queue: Queue, redis: Redis): Promise<readonly string[]> => {
  const sweeps = await unfinishedSweeps(db)
  const flows = await db.selectFrom('walkforward').select('id').where('finished_at', 'is', null).execute()
  const outbox = await db.selectFrom('job_outbox').select('id').where('done_at', 'is', null).execute()
  const events = await db.selectFrom('event').select('id').where('seq', 'is', null).execute()
  const jobs = await countUnfinished(queue, redis)
  return [
    ...sweeps.map((id) => `sweep ${id}`),
    ...flows.map(({ id }) => `walk-forward ${id}`),
    ...outbox.map(({ id }) => `outbox ${id}`),
    ...events.map(({ id }) => `unnumbered event ${id}`),
    ...(jobs > 0 ? [`${jobs} jobs in the queue`] : []),
  ]
}

/** Waits until everything has come to rest, or for as long as that may take at most. */
export const untilQuiet = async (options: {
  readonly db: Db
  readonly queue: Queue
  readonly redis: Redis
  readonly signal: AbortSignal
  readonly limitMs: number
}): Promise<{ readonly tookMs: number; readonly unquiet: readonly string[] }> => {
  const startMs = performance.now()
  for (;;) {
    options.signal.throwIfAborted()
    const unquiet = await goingOn(options.db, options.queue, options.redis)
    const tookMs = performance.now() - startMs
    if (unquiet.length === 0 || tookMs > options.limitMs) return { tookMs, unquiet }
    await pause(LOOK_MS)
  }
}

/** Waits until the readers have the last event of their tenants, which is never when one was lost; then ends them. */
export const untilTold = async (
  db: Db,
  readers: readonly EventReader[],
  limitMs: number,
): Promise<readonly ToldEvents[]> => {
  const rows = await db
    .selectFrom('event')
    .select((eb) => ['tenant_id', eb.fn.max('seq').as('seq')])
    .groupBy('tenant_id')
    .execute()
  const last = new Map(rows.map((row) => [row.tenant_id, row.seq]))
  const isTold = ({ told }: EventReader) => {
    const { tenantId, seqs } = told()
    return seqs.at(-1) === last.get(tenantId)
  }
  const startMs = performance.now()
  while (!readers.every(isTold) && performance.now() - startMs < limitMs) await pause(LOOK_MS)
  await Promise.all(readers.map((reader) => reader.stop()))
  return readers.map((reader) => reader.told())
}
