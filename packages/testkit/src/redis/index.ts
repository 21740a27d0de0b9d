export { ownRedisUrl, type RedisNamespace, redisNamespace } from './redis.ts'
