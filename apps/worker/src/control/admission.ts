import type { Log } from '@botcriptofy/runtime/log'
import { readMemory, type Redis, type RedisMemory } from '@botcriptofy/runtime/redis'
import { type Loop, startLoop } from './loop.ts'

/** At the limit BullMQ can neither add nor end a job, so that nothing ever makes room again: it must not be reached. */
const STOP_ABOVE = 0.75
/** Lower, so that a queue at the edge does not stop and go by the second. */
const GO_BELOW = 0.7
const INTERVAL_MS = 1000
/** After a refusal, whatever the figures say. */
const REFUSED_FOR_MS = 5000

export interface Admission extends Loop {
  /** Whether jobs may be added to Redis. */
  readonly isOpen: () => boolean
  /** Adds jobs, or none while it is closed; an add that Redis refuses for want of memory closes it at once. */
  readonly guard: (add: () => Promise<number>) => Promise<number>
}

export const admits = (isOpen: boolean, { usedBytes, maxBytes }: RedisMemory): boolean =>
  maxBytes === 0 || usedBytes < (isOpen ? STOP_ABOVE : GO_BELOW) * maxBytes

export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && /\bOOM\b/.test(error.message)

/** Holds new jobs back while Redis is nearly full; they stay in Postgres, and the workers empty Redis meanwhile. */
export const startAdmission = (redis: Redis, log: Log): Admission => {
  let isOpen = true
  let refusedMs = -Infinity
  const move = (next: boolean, facts: object) => {
    if (next === isOpen) return
    isOpen = next
    log.warn(facts, next ? 'jobs are added to Redis again' : 'Redis is nearly full; jobs wait in Postgres')
  }
  const loop = startLoop({ name: 'admission', intervalMs: INTERVAL_MS, log }, async () => {
    // What is asked of a connection that never was would wait for it.
    if (redis.status !== 'ready') return
    const memory = await readMemory(redis)
    if (performance.now() - refusedMs > REFUSED_FOR_MS) move(admits(isOpen, memory), memory)
  })
  return {
    ...loop,
    isOpen: () => isOpen,
    guard: async (add) => {
      if (!isOpen) return 0
      try {
        return await add()
      } catch (error) {
        if (isOutOfMemory(error)) {
          refusedMs = performance.now()
          move(false, { err: error })
        }
        throw error
      }
    },
  }
}
