import { randomBytes } from 'node:crypto'
import { createRedis } from '@botcriptofy/runtime/redis'
import { testWorker } from '../config.ts'
import { testRedisUrl } from '../services/index.ts'

export interface RedisNamespace {
  readonly url: string
  /** Every key of the test file starts with it (or with it inside a hash tag). */
  readonly prefix: string
  /** Deletes the keys. */
  readonly close: () => Promise<void>
}

/** Test files share one server and never see each other's keys. */
export const redisNamespace = async (): Promise<RedisNamespace> => {
  const url = await testRedisUrl()
  const prefix = `test-${randomBytes(6).toString('hex')}`
  const close = async () => {
    const redis = createRedis(url, 'command')
    try {
      for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1000 })) {
        if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys.map(String))
      }
    } finally {
      redis.disconnect()
    }
  }
  return { url, prefix, close }
}

/** Redis has so many databases unless told otherwise; the first is for tests that share it. */
const DATABASES = 16

/** A database of the server that no other test file uses at the same time; what files before left is still there. */
export const ownRedisUrl = async (): Promise<string> => {
  const url = new URL(await testRedisUrl())
  url.pathname = `/${1 + (testWorker() % (DATABASES - 1))}`
  return url.href
}
