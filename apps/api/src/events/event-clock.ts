import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { lastEventSeq } from '@botcriptofy/store/event'

const POLL_MS = 250

/** Tells streams when there are new events; one query a poll for the process, none while nobody listens. */
export interface EventClock {
  /** Resolves when events beyond `seq` may exist, or when the signal aborts. */
  readonly waitBeyond: (seq: number, signal: AbortSignal) => Promise<void>
}

export const createEventClock = (db: Db, log: Log): EventClock => {
  const waiting = new Set<() => void>()
  let latestSeq = 0
  let timer: NodeJS.Timeout | undefined

  const poll = async () => {
    try {
      const seq = await lastEventSeq(db)
      if (seq > latestSeq) {
        latestSeq = seq
        for (const wake of waiting) wake()
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look for new events')
    }
    timer = waiting.size > 0 ? setTimeout(() => void poll(), POLL_MS) : undefined
  }

  const waitBeyond = (seq: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted || seq < latestSeq) return resolve()
      const wake = () => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake)
      timer ??= setTimeout(() => void poll(), POLL_MS)
    })
  return { waitBeyond }
}
