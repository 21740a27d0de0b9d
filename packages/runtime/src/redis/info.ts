import type { Redis } from 'ioredis'

/** What INFO answers, by field. */
export const parseInfo = (info: string): ReadonlyMap<string, string> =>
  new Map(
    info.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )

export interface RedisMemory {
  readonly usedBytes: number
  /** 0: no limit is set. */
  readonly maxBytes: number
}

export const readMemory = async (redis: Redis): Promise<RedisMemory> => {
  const facts = parseInfo(await redis.info('memory'))
  return { usedBytes: Number(facts.get('used_memory')), maxBytes: Number(facts.get('maxmemory')) }
}
