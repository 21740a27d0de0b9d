import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { leavePool, tellPool, type WorkerPool } from '@botcriptofy/store/worker-pool'
import { type Loop, startLoop } from './control/loop.ts'

const INTERVAL_MS = 5000

/** Tells Postgres that the pool is there, which engine it has and since when it does nothing. */
export const startPresence = (options: {
  readonly db: Db
  readonly pool: WorkerPool
  readonly idleMs: () => number
  readonly log: Log
}): Loop => {
  const { db, pool, idleMs, log } = options
  const tell = () => tellPool(db, pool, idleMs())
  const first = tell().catch((error: unknown) => log.warn({ err: error }, 'could not tell of the pool'))
  const loop = startLoop({ name: 'presence of the pool', intervalMs: INTERVAL_MS, log }, tell)
  return {
    stop: async () => {
      await first
      await loop.stop()
      // Postgres may be away; the row falls silent then, which says the same a little later.
      await leavePool(db, pool.id).catch(() => undefined)
    },
  }
}
