import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { findCancelled } from '@botcriptofy/store/sweep'
import { type Loop, startLoop } from '../control/loop.ts'

/** The reason with which a chunk's signal aborts when its sweep was cancelled. */
export class SweepCancelled extends Error {}

export interface CancelWatch extends Loop {
  /** A signal that aborts within half a second of the sweep's cancellation; `release` ends the watch. */
  readonly watch: (sweepId: string) => { readonly signal: AbortSignal; readonly release: () => void }
}

const INTERVAL_MS = 150

/** One query for all the sweeps this process computes, whatever their number. */
export const startCancelWatch = (db: Db, log: Log): CancelWatch => {
  const watched = new Map<string, Set<AbortController>>()
  const loop = startLoop({ name: 'cancel watch', intervalMs: INTERVAL_MS, log }, async () => {
    if (watched.size === 0) return
    for (const id of await findCancelled(db, [...watched.keys()])) {
      for (const controller of watched.get(id) ?? [])
        controller.abort(new SweepCancelled(`${id} was cancelled`))
    }
  })
  return {
    ...loop,
    watch: (sweepId) => {
      const controller = new AbortController()
      const controllers = watched.get(sweepId) ?? new Set()
      watched.set(sweepId, controllers.add(controller))
      return {
        signal: controller.signal,
        release: () => {
          controllers.delete(controller)
          if (controllers.size === 0) watched.delete(sweepId)
        },
      }
    },
  }
}
