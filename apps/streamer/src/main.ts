import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { MARKET_SHARDS, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { serveHealth } from '@botcriptofy/runtime/health'
import { createLog, type Log } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import {
  alwaysWanted,
  limitsOf,
  readStreamerConfig,
  sourceOf,
  type StreamerConfig,
  urlsOf,
} from './config.ts'
import { createBackoff } from './connections/backoff.ts'
import { DemandWatch } from './demand/demand-watch.ts'
import { openFeed, type VenueFeed } from './feed/open-feed.ts'
import { TIMEFRAME } from './feed/trade-feed.ts'
import { MarketHealth } from './tape/market-health.ts'
import { Publisher } from './tape/publisher.ts'
import { VENUE_NAMES, VENUES } from './venues/venues.ts'
import { startWatch } from './watch.ts'

const ALL_SHARDS = new Set(Array.from({ length: MARKET_SHARDS }, (_, shard) => shard))
/** Of the two seconds that a stop may take, what Redis gets to store the last records. */
const LAST_WRITE_MS = 800

const main = async (config: StreamerConfig) => {
  const log = createLog({ name: 'streamer', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: 2000 })
  const registry = createMetrics('streamer')
  const metrics = streamMetrics(registry)
  const redis = createRedis(config.REDIS_URL, 'command')
  redis.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  shutdown.onStop('redis', async () => redis.disconnect())
  const stopping = new AbortController()
  const sources = new Map(VENUE_NAMES.map((venue) => [venue, sourceOf(config, venue)]))
  const isSubscribed = (market: MarketName) => demand.isSubscribed(market)
  const health = new MarketHealth({ redis, sources, isSubscribed, metrics, log })
  shutdown.onStop('health of the markets', () => health.close())
  const tape = { redis, limits: limitsOf(config), timeframe: TIMEFRAME }
  const publisher = new Publisher({ ...tape, health, metrics, log })
  shutdown.onStop('publisher', () => publisher.close(LAST_WRITE_MS))
  const feeds = new Map<string, VenueFeed>()
  shutdown.onStop('feeds', async () => {
    stopping.abort()
    await Promise.all([...feeds.values()].map((feed) => feed.close()))
  })
  const demand = new DemandWatch({
    redis,
    subscriber: `streamer ${randomUUID()}`,
    always: alwaysWanted(config),
    lingerMs: config.STREAM_LINGER_SECONDS * 1000,
    feedOf: (name) => feeds.get(name),
    metrics,
    log,
  })
  for (const name of VENUE_NAMES) {
    const feed = openFeed({
      venue: VENUES[name],
      ...urlsOf(config, name),
      bookLevels: config.TAPE_BOOK_LEVELS,
      publisher,
      metrics,
      log,
      signal: stopping.signal,
      persist: persistUntil(stopping.signal, log),
      onUnknown: (want) => demand.refuse(want),
    })
    feeds.set(name, feed)
  }
  const watch = startWatch({ look: () => demand.look(ALL_SHARDS), signal: stopping.signal, log })
  if (config.STREAMER_METRICS_PORT !== undefined) {
    const checks = async () => ({
      redis: redis.status === 'ready',
      demand: watch.isCurrent(),
      ...Object.fromEntries([...feeds].map(([venue, feed]) => [venue, feed.isUp()])),
    })
    const served = await serveHealth({
      port: config.STREAMER_METRICS_PORT,
      host: config.STREAMER_METRICS_HOST,
      registry,
      checks,
    })
    shutdown.onStop('health', () => served.close())
    log.info({ port: served.port }, 'serving health and metrics')
  }
  await watch.looked
  if (!stopping.signal.aborted)
    log.info({ markets: config.STREAM_SYMBOLS.map(marketId), pid: process.pid }, 'streamer ready')
}

/** Tries for as long as it takes: a streamer that starts before its venue or Redis waits for them. */
const persistUntil =
  (signal: AbortSignal, log: Log) =>
  async <T>(what: string, action: () => Promise<T>): Promise<T | undefined> => {
    const backoff = createBackoff(Math.random)
    while (!signal.aborted) {
      try {
        return await action()
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, `${what} failed; trying again`)
        await delay(backoff.nextDelayMs(), undefined, { signal }).catch(() => undefined)
      }
    }
    return undefined
  }

try {
  await main(readStreamerConfig())
} catch (error) {
  process.stderr.write(`streamer: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof InvalidConfig ? 2 : 1
}
