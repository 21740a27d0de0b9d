import { randomBytes } from 'node:crypto'
import {
  bookTapeKey,
  candleTapeKey,
  gapTapeKey,
  lastBookKey,
  lastTickerKey,
  lastValueKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  tickerTapeKey,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { afterAll, onTestFinished } from 'vitest'
import { type RunningSimulator, startSimulator } from './simulator.fixture.ts'

export interface Streamer {
  readonly app: AppProcess
  /** Summed over the labels. */
  readonly metric: (name: string) => Promise<number>
  readonly isReady: () => Promise<boolean>
}

export interface Streamers {
  readonly redis: Redis
  readonly redisUrl: string
  readonly newMarket: (venue?: string, symbol?: string) => MarketName
  readonly startStreamer: (
    market: MarketName,
    simulator: RunningSimulator,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Streamer>
}

/** Streamers for the tests of one file, and what they leave in Redis taken away afterwards. */
export const openStreamers = async (): Promise<Streamers> => {
  const redisUrl = await testRedisUrl()
  const redis: Redis = createRedis(redisUrl, 'command')
  const markets: MarketName[] = []
  afterAll(async () => {
    for (const market of markets) {
      const keys = [
        tradeTapeKey,
        gapTapeKey,
        lastValueKey,
        tickerTapeKey,
        lastTickerKey,
        bookTapeKey,
        lastBookKey,
      ]
      await redis.unlink(candleTapeKey(market, '1m'), ...keys.map((key) => key(market)))
      await redis.srem(marketIndexKey(marketShard(market)), marketId(market))
    }
    redis.disconnect()
  })
  return {
    redis,
    redisUrl,
    // Tests share one Redis, so each has a market of its own.
    newMarket: (venue = 'binance', symbol = `T${randomBytes(4).toString('hex').toUpperCase()}/USDT`) => {
      const market = { venue, symbol }
      markets.push(market)
      return market
    },
    startStreamer: async (market, simulator, env = {}) => {
      const app = startApp({
        app: 'streamer',
        env: {
          REDIS_URL: redisUrl,
          STREAM_SYMBOLS: marketId(market),
          ...urlsOf(simulator),
          STREAMER_METRICS_PORT: '0',
          ...env,
        },
      })
      onTestFinished(async () => void (await app.kill('SIGKILL')))
      const [, port = ''] = await app.waitForOutput(/"port":(\d+)/)
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
      const metric = async (name: string) => {
        const lines = (await (await get('/metrics')).text()).split('\n')
        const values = lines.filter((line) => line.startsWith(`botcriptofy_stream_${name}{`))
        return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
      }
      return { app, metric, isReady: async () => (await get('/health/ready')).status === 200 }
    },
  }
}

const urlsOf = (simulator: RunningSimulator): Record<string, string> =>
  Object.fromEntries(
    ['BINANCE', 'COINBASE', 'KRAKEN'].flatMap((venue) => [
      [`${venue}_WS_URL`, simulator.webSocketUrl],
      [`${venue}_REST_URL`, simulator.url],
    ]),
  )

export const simulate = async (
  market: MarketName,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSimulator> => {
  const simulator = await startSimulator({
    SIMULATOR_SYMBOL: market.symbol,
    SIMULATOR_SPEED: '3000',
    SIMULATOR_HISTORY_BARS: '100',
    ...env,
  })
  onTestFinished(async () => void (await simulator.app.kill('SIGKILL')))
  return simulator
}
