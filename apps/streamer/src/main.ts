import { setTimeout as delay } from 'node:timers/promises'
import { marketId, type MarketName } from '@botcriptofy/contracts/stream'
import { InvalidConfig } from '@botcriptofy/runtime/config'
import { serveHealth } from '@botcriptofy/runtime/health'
import { createLog, type Log } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { createShutdown } from '@botcriptofy/runtime/shutdown'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { readStreamerConfig, type StreamerConfig, urlsOf } from './config.ts'
import { createBackoff } from './connections/backoff.ts'
import type { Feed } from './feed/feed.ts'
import { openFeed, TIMEFRAME } from './feed/open-feed.ts'
import { Publisher } from './tape/publisher.ts'
import { VENUE_NAMES, type VenueName, VENUES } from './venues/venues.ts'

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
  const of = (venue: VenueName, list: readonly MarketName[]) =>
    list.filter((market) => market.venue === venue)
  const wanted = VENUE_NAMES.filter((venue) => of(venue, config.STREAM_SYMBOLS).length > 0)
  const feeds = new Map<VenueName, Feed>()
  if (config.STREAMER_METRICS_PORT !== undefined) {
    const checks = async () => ({
      redis: redis.status === 'ready',
      ...Object.fromEntries(wanted.map((venue) => [venue, feeds.get(venue)?.isUp() ?? false])),
    })
    const health = await serveHealth({
      port: config.STREAMER_METRICS_PORT,
      host: config.STREAMER_METRICS_HOST,
      registry,
      checks,
    })
    shutdown.onStop('health', () => health.close())
    log.info({ port: health.port }, 'serving health and metrics')
  }
  const limits = {
    tradeEntries: config.TAPE_TRADE_ENTRIES,
    candleEntries: config.TAPE_CANDLE_ENTRIES,
    gapEntries: config.TAPE_TRADE_ENTRIES,
    tickerEntries: config.TAPE_TICKER_ENTRIES,
    bookEntries: config.TAPE_BOOK_ENTRIES,
  }
  const publisher = new Publisher({ redis, limits, timeframe: TIMEFRAME, metrics, log })
  shutdown.onStop('publisher', () => publisher.close(LAST_WRITE_MS))
  const stopping = new AbortController()
  shutdown.onStop('feeds', async () => {
    stopping.abort()
    await Promise.all([...feeds.values()].map((feed) => feed.close()))
  })
  const { signal } = stopping
  const persist = persistUntil(signal, log)
  // One venue that cannot be reached does not keep the others waiting.
  const open = wanted.map(async (name) => {
    const markets = of(name, config.STREAM_SYMBOLS)
    const books = { markets: of(name, config.STREAM_BOOK_SYMBOLS), levels: config.TAPE_BOOK_LEVELS }
    const venue = { venue: VENUES[name], ...urlsOf(config, name), markets, books }
    const feed = await openFeed({ ...venue, publisher, metrics, log, signal, persist })
    if (feed === undefined) return
    feeds.set(name, feed)
    feed.start()
  })
  await Promise.all(open)
  if (!signal.aborted)
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
