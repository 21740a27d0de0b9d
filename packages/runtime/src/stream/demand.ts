import {
  DEMAND_TTL_MS,
  demandKey,
  demandMember,
  MARKET_SHARDS,
  type MarketName,
  marketShard,
  parseDemandMember,
  refusalKey,
  type Want,
  wantId,
} from '@botcriptofy/contracts/stream'
import { defineScript, type Redis, runScript } from '../redis/index.ts'

/** Something that is wanted, and by how many. */
export interface Demand extends Want {
  readonly subscribers: number
}

// Scores are of Redis' clock, so that no process's own clock decides who lives. The set ends with its last wish.
const WANT = defineScript(`
local now = redis.call('TIME')
local ttlMs = tonumber(ARGV[1])
local untilMs = now[1] * 1000 + math.floor(now[2] / 1000) + ttlMs
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], untilMs, ARGV[at]) end
if redis.call('PTTL', KEYS[1]) < ttlMs then redis.call('PEXPIRE', KEYS[1], ttlMs) end
return untilMs`)

const READ = defineScript(`
local now = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now[1] * 1000 + math.floor(now[2] / 1000))
return redis.call('ZRANGE', KEYS[1], 0, -1)`)

/**
 * Says what a subscriber wants, for a limited time: it repeats this every `DEMAND_RENEW_MS`, and what it does not repeat
 * is forgotten after `ttlMs`. `subscriber` is any text that no other has.
 */
export const want = async (
  redis: Redis,
  subscriber: string,
  { wants, ttlMs = DEMAND_TTL_MS }: { readonly wants: readonly Want[]; readonly ttlMs?: number },
): Promise<void> => {
  const calls = [...membersByKey(subscriber, wants)].map(([key, members]) => ({
    keys: [key],
    args: [ttlMs, ...members],
  }))
  await runScript(redis, WANT, calls)
}

/** The subscriber wants these no longer. */
export const release = async (redis: Redis, subscriber: string, wants: readonly Want[]): Promise<void> => {
  const pipeline = redis.pipeline()
  for (const [key, members] of membersByKey(subscriber, wants)) pipeline.zrem(key, ...members)
  for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
}

/** Everything that is wanted now, of all shards unless some are named; those whose time is over are dropped. */
export const readDemand = async (
  redis: Redis,
  shards: readonly number[] = Array.from({ length: MARKET_SHARDS }, (_, shard) => shard),
): Promise<readonly Demand[]> => {
  const calls = shards.map((shard) => ({ keys: [demandKey(shard)], args: [] }))
  const demands = new Map<string, Demand>()
  for (const member of (await runScript(redis, READ, calls)).flat()) {
    const wanted = parseDemandMember(String(member))
    if (wanted === undefined) continue
    const id = wantId(wanted)
    demands.set(id, { ...wanted, subscribers: (demands.get(id)?.subscribers ?? 0) + 1 })
  }
  return [...demands.values()]
}

/** Tells readers for a limited time why a wanted market is not streamed. */
export const refuse = async (
  redis: Redis,
  market: MarketName,
  { reason, ttlMs = DEMAND_TTL_MS }: { readonly reason: string; readonly ttlMs?: number },
): Promise<void> => void (await redis.set(refusalKey(market), reason, 'PX', ttlMs))

/** Why a wanted market is not streamed; undefined where nothing stands against it. */
export const readRefusal = async (redis: Redis, market: MarketName): Promise<string | undefined> =>
  (await redis.get(refusalKey(market))) ?? undefined

const membersByKey = (subscriber: string, wants: readonly Want[]): ReadonlyMap<string, readonly string[]> => {
  const byKey = new Map<string, string[]>()
  for (const wanted of wants) {
    const key = demandKey(marketShard(wanted.market))
    const members = byKey.get(key) ?? []
    members.push(demandMember(wanted, subscriber))
    byKey.set(key, members)
  }
  return byKey
}
