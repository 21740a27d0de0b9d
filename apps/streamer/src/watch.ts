import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@botcriptofy/runtime/log'

const LOOK_EVERY_MS = 1000
/** Without a look that succeeded for so long nobody knows what is wanted. */
const CURRENT_MS = 10_000

export interface WatchOptions {
  /** Says in how many ms it wants to look again, at most a second. */
  readonly look: () => Promise<number | void>
  readonly log: Log
}

export interface Watch {
  /** The first look has succeeded, or none ever will. */
  readonly looked: Promise<void>
  readonly isCurrent: () => boolean
  /** No look is under way after this, and none follows. */
  readonly close: () => Promise<void>
}

/** Looks every second until it is closed; a look that fails is made again like any other. */
export const startWatch = ({ look, log }: WatchOptions): Watch => {
  const closing = new AbortController()
  const { signal } = closing
  let succeededMs = Number.NEGATIVE_INFINITY
  const run = async (onLooked: () => void) => {
    while (!signal.aborted) {
      const startedMs = performance.now()
      let nextMs = LOOK_EVERY_MS
      try {
        nextMs = Math.min(nextMs, (await look()) ?? nextMs)
        succeededMs = performance.now()
        onLooked()
      } catch (error) {
        log.warn({ err: error }, 'what is wanted could not be read; trying again')
      }
      const waitMs = Math.max(0, startedMs + nextMs - performance.now())
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
    onLooked()
  }
  let ended = Promise.resolve()
  const looked = new Promise<void>((resolve) => {
    ended = run(resolve)
  })
  return {
    looked,
    isCurrent: () => performance.now() - succeededMs < CURRENT_MS,
    close: async () => {
      closing.abort()
      await ended
    },
  }
}
