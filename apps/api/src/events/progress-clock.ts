import { PROGRESS_EVENT, type ProgressEvent } from '@botcriptofy/contracts/backtest'
import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { listRunningSweeps } from '@botcriptofy/store/sweep'
import { paceOf } from '../runs/pace.ts'

/** At most so often a listener is told about one sweep. */
const TICK_MS = 1000

export interface ProgressClock {
  /** Tells the listener about every running sweep, of any tenant, that got on since the tick before; ends it by a call. */
  readonly listen: (listener: (event: ProgressEvent) => void) => () => void
}

/** Derived from the rows, once a second for all streams of the process; no query while nobody listens. */
export const createProgressClock = (db: Db, log: Log): ProgressClock => {
  const listeners = new Set<(event: ProgressEvent) => void>()
  let told = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  const tick = async () => {
    try {
      const rows = await listRunningSweeps(db)
      const moved = rows.filter(({ id, remaining }) => told.get(id) !== remaining)
      told = new Map(rows.map(({ id, remaining }) => [id, remaining]))
      for (const row of moved) {
        const event: ProgressEvent = {
          tenantId: row.tenant_id,
          type: PROGRESS_EVENT,
          v: 1,
          subjectId: row.id,
          timeMs: Date.now(),
          data: paceOf(row),
        }
        for (const listener of listeners) listener(event)
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look for progress')
    }
    timer = listeners.size > 0 ? setTimeout(() => void tick(), TICK_MS) : undefined
  }

  return {
    listen: (listener) => {
      listeners.add(listener)
      timer ??= setTimeout(() => void tick(), TICK_MS)
      return () => listeners.delete(listener)
    },
  }
}
