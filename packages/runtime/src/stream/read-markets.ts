import {
  lastValue,
  lastValueKey,
  type Market,
  MARKET_SHARDS,
  type MarketHealth,
  marketHealth,
  marketHealthKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketStateOf,
  parseMarketId,
} from '@botcriptofy/contracts/stream'
import type { Redis } from '../redis/index.ts'

/** The newest trade of one market, or undefined when nothing was published yet. */
export const readLastValue = async (redis: Redis, name: MarketName) => {
  const fields = await redis.hgetall(lastValueKey(name))
  return Object.keys(fields).length === 0 ? undefined : lastValue.parse(fields)
}

/** What its streamer says of a market, or undefined while none follows it. */
const readHealth = async (redis: Redis, name: MarketName): Promise<MarketHealth | undefined> => {
  const fields = await redis.hgetall(marketHealthKey(name))
  return Object.keys(fields).length === 0 ? undefined : marketHealth.parse(fields)
}

/**
 * Every market that was ever followed, by venue and symbol. Commands are sent one by one and not as a transaction,
 * because the shards live in different slots of a Redis Cluster; they still share one round trip.
 */
export const readMarkets = async (redis: Redis, nowMs: number): Promise<readonly Market[]> => {
  const shards = await Promise.all(
    Array.from({ length: MARKET_SHARDS }, (_, shard) => redis.smembers(marketIndexKey(shard))),
  )
  const names = shards.flatMap((ids) => ids.flatMap((id) => parseMarketId(id) ?? []))
  const markets = await Promise.all(names.map((name) => readMarket(redis, name, nowMs)))
  return markets.toSorted((a, b) => (marketId(a) < marketId(b) ? -1 : 1))
}

const readMarket = async (redis: Redis, name: MarketName, nowMs: number): Promise<Market> => {
  const [last, health] = await Promise.all([readLastValue(redis, name), readHealth(redis, name)])
  const ageOf = (timeMs: number | null | undefined) =>
    timeMs === null || timeMs === undefined ? null : Math.max(0, nowMs - timeMs)
  return {
    ...name,
    state: marketStateOf(health, nowMs),
    source: health === undefined ? null : { kind: health.sourceKind, host: health.sourceHost },
    lastPrice: last?.price ?? null,
    lastTimeMs: last?.exchangeTimeMs ?? null,
    ageMs: ageOf(last?.receivedMs),
    heardAgeMs: ageOf(health?.heardMs),
    lagMs: health?.lagMs ?? null,
    messagesPerSecond: health?.messagesPerSecond ?? null,
    gaps: health?.gaps ?? null,
    missingTrades: health?.missingTrades ?? null,
    resyncs: health?.resyncs ?? null,
    duplicates: health?.duplicates ?? null,
    checksumFailures: health?.checksumFailures ?? null,
  }
}
