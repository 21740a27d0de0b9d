export { parseInfo, readMemory, type RedisMemory } from './info.ts'
export { blockingTwin, createRedis, type RedisRole } from './redis.ts'
export { defineScript, runScript, type Script, type ScriptCall } from './script.ts'
export type { Redis } from 'ioredis'
