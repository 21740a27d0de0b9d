import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { marketId, type MarketName, marketShard } from '@botcriptofy/contracts/stream'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { serveHealth } from '@botcriptofy/runtime/health'
import { createLog, type Log } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import {
  alwaysWanted,
  readStreamerConfig,
  retentionOf,
  sourceOf,
  type StreamerConfig,
  urlsOf,
} from './config.ts'
import { createBackoff, createDialBudget } from '@botcriptofy/runtime/connection'
import { DemandWatch } from './demand/demand-watch.ts'
import { openFeed, type OpenFeedOptions, type VenueFeed } from './feed/open-feed.ts'
import { TIMEFRAME } from './feed/trade-feed.ts'
import {
  createFrameRecorder,
  type FrameRecorder,
  type FrameRecorderOptions,
} from './recording/frame-recorder.ts'
import { Shards } from './shards/shards.ts'
import { MarketHealth } from './tape/market-health.ts'
import { Publisher } from './tape/publisher.ts'
import { VENUE_NAMES, VENUES } from '@botcriptofy/venues/catalog'
import { startWatch } from './watch.ts'

/** Of the two seconds that a stop may take, what Redis gets to store the last records. */
const LAST_WRITE_MS = 800

const main = async (config: StreamerConfig) => {
  const log = createLog({ name: 'streamer', level: config.LOG_LEVEL })
  const shutdown = createShutdown({ log, limitMs: 2000 })
  const registry = createMetrics('streamer')
  const metrics = streamMetrics(registry)
  const redis = createRedis(config.REDIS_URL, 'command')
  redis.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const instance = randomUUID()
  const stopping = new AbortController()
  const sources = new Map(VENUE_NAMES.map((venue) => [venue, sourceOf(config, venue)]))
  const isSubscribed = (market: MarketName) => demand.isSubscribed(market)
  const isWritten = (market: MarketName) => publisher.leaseOf(marketShard(market)) !== undefined
  const health = new MarketHealth({ redis, sources, isSubscribed, isWritten, metrics, log })
  const tape = { redis, retention: retentionOf(config), timeframe: TIMEFRAME }
  const publisher = new Publisher({ ...tape, health, metrics, log })
  const feeds = openFeeds(config, {
    redis,
    publisher,
    metrics,
    recorder: recorderOf(config, { metrics, log }),
    log,
    signal: stopping.signal,
    onUnknown: (want) => demand.refuse(want),
  })
  const demand = new DemandWatch({
    redis,
    subscriber: `streamer ${instance}`,
    always: alwaysWanted(config),
    lingerMs: config.STREAM_LINGER_SECONDS * 1000,
    feedOf: (name) => feeds.get(name),
    metrics,
    log,
  })
  const isReceived = (shard: number) => demand.isReceived(shard)
  const shards = new Shards({ redis, instance, publisher, isReceived, metrics, log })
  const look = async () => {
    const nextMs = await shards.look()
    await demand.look(shards.followed)
    return nextMs
  }
  const watch = startWatch({ look, log })

  // What was opened last ends first: another goes on with what it can before our connections close.
  shutdown.onStop('redis', async () => redis.disconnect())
  shutdown.onStop('leases', () => shards.close())
  shutdown.onStop('health of the markets', () => health.close())
  shutdown.onStop('publisher', () => publisher.close(LAST_WRITE_MS))
  shutdown.onStop('feeds', async () => {
    stopping.abort()
    await Promise.all([...feeds.values()].map((feed) => feed.close()))
  })
  shutdown.onStop('shards', async () => {
    await watch.close()
    await shards.handOver()
  })
  if (config.STREAMER_METRICS_PORT !== undefined) {
    const checks = async () => ({
      redis: redis.status === 'ready',
      demand: watch.isCurrent(),
      ...Object.fromEntries([...feeds].map(([venue, feed]) => [venue, feed.isUp()])),
    })
    const { STREAMER_METRICS_PORT: port, STREAMER_METRICS_HOST: host } = config
    const served = await serveHealth({ port, host, registry, checks })
    shutdown.onStop('health', () => served.close())
    log.info({ port: served.port }, 'serving health and metrics')
  }
  await watch.looked
  if (!stopping.signal.aborted)
    log.info({ markets: config.STREAM_SYMBOLS.map(marketId), instance }, 'streamer ready')
}

const recorderOf = (
  { RECORD_DIR: directory }: StreamerConfig,
  shared: Pick<FrameRecorderOptions, 'metrics' | 'log'>,
): FrameRecorder | undefined =>
  directory === undefined ? undefined : createFrameRecorder({ directory, ...shared })

/** One of each venue; none of them connects before something of it is wanted. */
const openFeeds = (
  config: StreamerConfig,
  {
    redis,
    ...shared
  }: { readonly redis: Redis } & Pick<
    OpenFeedOptions,
    'publisher' | 'metrics' | 'recorder' | 'log' | 'signal' | 'onUnknown'
  >,
): ReadonlyMap<string, VenueFeed> => {
  const persist = persistUntil(shared.signal, shared.log)
  const opened = VENUE_NAMES.map((name) => {
    const { TAPE_BOOK_LEVELS: bookLevels, LOG_LEVEL: logLevel, RECORD_DIR: recordDirectory } = config
    const of = { ...urlsOf(config, name), bookLevels, logLevel, recordDirectory }
    const { venue, dialSpacingMs: spacingMs } = VENUES[name].protocol.profile
    const dials = createDialBudget({ redis, venue, spacingMs, random: Math.random })
    return [name, openFeed({ venue: name, dials, ...of, ...shared, persist })] as const
  })
  return new Map<string, VenueFeed>(opened)
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
