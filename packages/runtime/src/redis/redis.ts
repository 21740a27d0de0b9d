import { Redis } from 'ioredis'

/**
 * `command`: fails fast while Redis is away, so that a caller can answer. `blocking`: for workers, queue producers in
 * loops and stream readers, which wait for Redis to return instead (BullMQ requires null retries for those).
 */
export type RedisRole = 'command' | 'blocking'

export const createRedis = (url: string, role: RedisRole): Redis =>
  role === 'blocking'
    ? new Redis(url, { maxRetriesPerRequest: null, retryStrategy })
    : new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true, retryStrategy })

/** Quick at first, so that a restart costs little; never slower than two seconds. */
const retryStrategy = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), 2000)
