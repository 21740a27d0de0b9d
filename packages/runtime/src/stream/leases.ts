import { fenceEpochKey, leaseKey, STREAMERS_KEY, warmKey } from '@botcriptofy/contracts/stream'
import { defineScript, type Redis, runScript } from '../redis/index.ts'

/** The right to write the tapes of one shard. It is checked at every write, so that a late one is refused. */
export interface Lease {
  readonly shard: number
  /** As it is stored: no two leases of a shard have the same. */
  readonly token: string
}

export interface LeaseOptions {
  /** The name of this process among the streamers. */
  readonly instance: string
  readonly ttlMs: number
}

/** What a streamer says about a shard when it looks at it. */
export interface ShardLook {
  readonly shard: number
  /** The lease that it has: it is renewed, unless it was lost. */
  readonly lease: Lease | undefined
  /** It could go on with the shard at once. */
  readonly isWarm: boolean
}

export interface ShardState {
  readonly shard: number
  /** The token of the lease, whoever has it; undefined when nobody has. */
  readonly token: string | undefined
  /** How long the lease lasts unless it is renewed. */
  readonly remainingMs: number
  /** The streamers that could take over. */
  readonly warm: readonly string[]
}

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

const HEARTBEAT = defineScript(`${NOW}
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZRANGE', KEYS[1], 0, -1)`)

const LOOK = defineScript(`${NOW}
local ttlMs = ARGV[2]
if ARGV[4] == '1' then redis.call('ZADD', KEYS[2], now + ttlMs, ARGV[1]) else redis.call('ZREM', KEYS[2], ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local token = redis.call('GET', KEYS[1])
if token and token == ARGV[3] then redis.call('PEXPIRE', KEYS[1], ttlMs) end
return { token or '', redis.call('PTTL', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1) }`)

// The time is part of the epoch, so that it also rises when Redis has lost its data.
const TAKE = defineScript(`${NOW}
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, string.find(held, ' ', 1, true) + 1) ~= ARGV[1] then return '' end
local epoch = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) + 1, now)
local token = string.format('%.0f', epoch) .. ' ' .. ARGV[1]
redis.call('SET', KEYS[2], string.format('%.0f', epoch))
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return token`)

const RELEASE = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)

/** Says that the streamer runs, for `ttlMs`, and reads who does. */
export const heartbeat = async (
  redis: Redis,
  { instance, ttlMs }: LeaseOptions,
): Promise<readonly string[]> => {
  const [live] = await runScript(redis, HEARTBEAT, [{ keys: [STREAMERS_KEY], args: [instance, ttlMs] }])
  return Array.isArray(live) ? live.map(String) : []
}

/** The streamer runs no more; its leases are not touched. */
export const leave = async (redis: Redis, instance: string): Promise<void> =>
  void (await redis.zrem(STREAMERS_KEY, instance))

/** Renews what the streamer has and reads how the shards stand, in one round trip. */
export const lookAtShards = async (
  redis: Redis,
  looks: readonly ShardLook[],
  { instance, ttlMs }: LeaseOptions,
): Promise<readonly ShardState[]> => {
  const calls = looks.map(({ shard, lease, isWarm }) => ({
    keys: [leaseKey(shard), warmKey(shard)],
    args: [instance, ttlMs, lease?.token ?? '', isWarm ? 1 : 0],
  }))
  const answers = await runScript(redis, LOOK, calls)
  return looks.map(({ shard }, at) => {
    const [token, remainingMs, warm]: readonly unknown[] = Array.isArray(answers[at]) ? answers[at] : []
    return {
      shard,
      token: token === '' ? undefined : String(token),
      remainingMs: Math.max(0, Number(remainingMs)),
      warm: Array.isArray(warm) ? warm.map(String) : [],
    }
  })
}

/** Undefined while another streamer has the lease. One that is taken again is a new one. */
export const takeLease = async (
  redis: Redis,
  shard: number,
  { instance, ttlMs }: LeaseOptions,
): Promise<Lease | undefined> => {
  const keys = [leaseKey(shard), fenceEpochKey(shard), warmKey(shard)]
  const [token] = await runScript(redis, TAKE, [{ keys, args: [instance, ttlMs] }])
  return token === '' ? undefined : { shard, token: String(token) }
}

/** Gives the lease back, unless it was lost before. */
export const releaseLease = async (redis: Redis, { shard, token }: Lease): Promise<void> =>
  void (await runScript(redis, RELEASE, [{ keys: [leaseKey(shard)], args: [token] }]))

/** Whose lease it is, by its token. */
export const holderOf = (token: string): string => token.slice(token.indexOf(' ') + 1)
