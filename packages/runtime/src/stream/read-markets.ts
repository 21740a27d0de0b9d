import {
  lastValue,
  lastValueKey,
  type Market,
  MARKET_SHARDS,
  marketIndexKey,
  type MarketName,
  parseMarketId,
} from '@botcriptofy/contracts/stream'
import type { Redis } from '../redis/index.ts'

/** The newest trade of one market, or undefined when nothing was published yet. */
export const readLastValue = async (redis: Redis, name: MarketName) => {
  const fields = await redis.hgetall(lastValueKey(name))
  return Object.keys(fields).length === 0 ? undefined : lastValue.parse(fields)
}

/**
 * Every market that was ever published, by venue and symbol. Commands are sent one by one and not as a transaction,
 * because the shards live in different slots of a Redis Cluster; they still share one round trip.
 */
export const readMarkets = async (redis: Redis, nowMs: number): Promise<readonly Market[]> => {
  const shards = await Promise.all(
    Array.from({ length: MARKET_SHARDS }, (_, shard) => redis.smembers(marketIndexKey(shard))),
  )
  const markets = await Promise.all(
    shards.flat().map(async (id): Promise<Market | undefined> => {
      const name = parseMarketId(id)
      const last = name && (await readLastValue(redis, name))
      if (!last) return undefined
      const ageMs = Math.max(0, nowMs - last.receivedMs)
      return { ...name, lastPrice: last.price, lastTimeMs: last.exchangeTimeMs, ageMs }
    }),
  )
  return markets
    .filter((item) => item !== undefined)
    .toSorted((a, b) => (`${a.venue}:${a.symbol}` < `${b.venue}:${b.symbol}` ? -1 : 1))
}
