import { Redis } from 'ioredis'

/**
 * `command`: fails while Redis is away or does not answer, so that a caller can answer or try again. `blocking`: for
 * workers and stream readers, which wait for Redis to return instead (BullMQ requires null retries for those).
 */
export type RedisRole = 'command' | 'blocking'

/** Far longer than any of our commands takes; without it a partition holds callers until TCP gives up. */
const COMMAND_LIMIT_MS = 3000

export const createRedis = (url: string, role: RedisRole): Redis =>
  role === 'blocking'
    ? new Redis(url, { maxRetriesPerRequest: null, retryStrategy })
    : new Redis(url, {
        maxRetriesPerRequest: 1,
        enableOfflineQueue: true,
        commandTimeout: COMMAND_LIMIT_MS,
        retryStrategy,
      })

/** Quick at first, so that a restart costs little; never slower than two seconds. */
const retryStrategy = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), 2000)

/** Another connection to the same server, for commands that block: see `RedisRole`. */
export const blockingTwin = (redis: Redis): Redis =>
  redis.duplicate({ maxRetriesPerRequest: null, commandTimeout: undefined })
