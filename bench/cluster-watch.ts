// What is watched while a cluster works: Redis, and the memory of the workers.
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { createRedis } from '@botcriptofy/runtime/redis'

const PING_EVERY_MS = 5
const MEMORY_EVERY_MS = 250
/** Redis notes every command that takes longer than this, in microseconds. */
const SLOWLOG_FROM_US = 200
const SLOWLOG_LENGTH = 10_000

export interface RedisWatch {
  /** Pings from here on count, and the log of slow commands is empty. */
  readonly begin: () => Promise<void>
  readonly pause: () => Promise<void>
  readonly pingsMs: readonly number[]
  /** Of all that was watched; below what Redis notes that bound. */
  readonly longestCommandMs: () => number
  readonly close: () => Promise<void>
}

/** Over a connection of its own, from a process that does nothing else meanwhile. */
export const watchRedis = async (url: string): Promise<RedisWatch> => {
  const redis = createRedis(url, 'command')
  await redis.config('SET', 'slowlog-log-slower-than', SLOWLOG_FROM_US)
  await redis.config('SET', 'slowlog-max-len', SLOWLOG_LENGTH)
  const pingsMs: number[] = []
  let longestUs = SLOWLOG_FROM_US
  let isOpen = true
  let isWatching = false
  const pinging = (async () => {
    while (isOpen) {
      if (isWatching) {
        const startedMs = performance.now()
        await redis.ping()
        pingsMs.push(performance.now() - startedMs)
      }
      await delay(PING_EVERY_MS)
    }
  })()
  return {
    pingsMs,
    longestCommandMs: () => longestUs / 1000,
    begin: async () => {
      await redis.slowlog('RESET')
      isWatching = true
    },
    pause: async () => {
      isWatching = false
      const entries = (await redis.slowlog('GET', SLOWLOG_LENGTH)) as readonly (readonly [
        number,
        number,
        number,
      ])[]
      for (const [, , us] of entries) longestUs = Math.max(longestUs, us)
    },
    close: async () => {
      isOpen = false
      await pinging
      redis.disconnect()
    },
  }
}

export interface MemoryWatch {
  /** Resident megabytes of each process, in the order of the samples. */
  readonly samples: readonly (readonly number[])[]
  readonly close: () => Promise<void>
}

export const residentMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

export const watchMemory = (pids: readonly number[]): MemoryWatch => {
  const samples: number[][] = pids.map(() => [])
  let isOpen = true
  const sampling = (async () => {
    while (isOpen) {
      for (const [index, pid] of pids.entries()) samples[index]!.push(await residentMb(pid))
      await delay(MEMORY_EVERY_MS)
    }
  })()
  return {
    samples,
    close: async () => {
      isOpen = false
      await sampling
    },
  }
}
