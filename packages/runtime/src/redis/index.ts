export { parseInfo, readMemory, type RedisMemory } from './info.ts'
export { createRedis, type RedisRole } from './redis.ts'
export type { Redis } from 'ioredis'
