export { createRedis, type RedisRole } from './redis.ts'
export type { Redis } from 'ioredis'
