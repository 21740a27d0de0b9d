import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A Lua script, known to Redis by the digest of its text. */
export interface Script {
  readonly text: string
  readonly sha1: string
}

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

export const defineScript = (text: string): Script => ({
  text,
  sha1: createHash('sha1').update(text).digest('hex'),
})

/**
 * Runs a script once for each call, all in one round trip, and answers in their order. Redis forgets scripts when it
 * restarts: calls that it did not know the script of are sent again with its text. Throws the first error.
 */
export const runScript = async (
  redis: Redis,
  script: Script,
  calls: readonly ScriptCall[],
): Promise<readonly unknown[]> => {
  if (calls.length === 0) return []
  const pipeline = redis.pipeline()
  for (const { keys, args } of calls) pipeline.evalsha(script.sha1, keys.length, ...keys, ...args)
  const results = (await pipeline.exec()) ?? []
  return Promise.all(
    calls.map(async ({ keys, args }, at) => {
      const [error, answer] = results[at] ?? [new Error('expected an answer of Redis, was none')]
      if (error === null) return answer
      if (!error.message.startsWith('NOSCRIPT')) throw error
      return redis.eval(script.text, keys.length, ...keys, ...args)
    }),
  )
}
