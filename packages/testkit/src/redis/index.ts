export { type RedisNamespace, redisNamespace } from './redis.ts'
