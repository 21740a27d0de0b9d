import type { Log } from '@botcriptofy/runtime/log'
import type { DispatchTurn } from '@botcriptofy/runtime/metrics'
import { startWokenLoop } from '@botcriptofy/runtime/outbox'
import { countSlots, type Queue } from '@botcriptofy/runtime/queue'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { listenDispatch } from '@botcriptofy/store/outbox'
import { dispatchSweeps, stopSpentSweeps } from '@botcriptofy/store/sweep'

export interface DispatcherOptions {
  readonly database: OpenDatabase
  /** Throws while Redis is away. */
  readonly queue: () => Queue
  /** False while Redis is nearly full. */
  readonly isAdmitting: () => boolean
  readonly log: Log
  readonly observe?: ((turn: DispatchTurn) => void) | undefined
}

const POLL_MS = 500
/** Workers come and go by the minute, and asking Redis for its clients is not free. */
const SLOTS_KNOWN_FOR_MS = 2000
/** One chunk in hand and one that waits for each slot of a worker: nobody idles while the dispatcher takes its turn. */
const CHUNKS_PER_SLOT = 2
/** Also while no worker is there, so that the first one that comes finds work. */
const LEAST_WINDOW = 4

/** Keeps a shallow window of chunks in BullMQ; the backlog stays in Postgres. Any number of processes may run it. */
export const startDispatcher = ({ database, queue, isAdmitting, log, observe }: DispatcherOptions) => {
  const windowOf = rememberWindow(queue)
  return startWokenLoop({
    name: 'dispatcher of sweeps',
    listen: (onAdded, onLost) => listenDispatch(database.pool, onAdded, onLost),
    pollMs: POLL_MS,
    log,
    turn: async () => {
      const window = await windowOf()
      await stopSpentSweeps(database.db)
      const dispatched = await dispatchSweeps(database.db, isAdmitting() ? window : 0)
      observe?.({ window, ...dispatched })
      return false
    },
  })
}

const rememberWindow = (queue: () => Queue) => {
  let window = LEAST_WINDOW
  let askedMs = -Infinity
  return async (): Promise<number> => {
    if (performance.now() - askedMs > SLOTS_KNOWN_FOR_MS) {
      window = Math.max(LEAST_WINDOW, CHUNKS_PER_SLOT * (await countSlots(queue())))
      askedMs = performance.now()
    }
    return window
  }
}
