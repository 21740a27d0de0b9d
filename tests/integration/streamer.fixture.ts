import { randomBytes } from 'node:crypto'
import { marketId, type MarketName } from '@botcriptofy/contracts/stream'
import { createRedis, type Redis } from '@botcriptofy/runtime/redis'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { afterAll, beforeEach, onTestFinished } from 'vitest'
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

/** Streamers for the tests of one file, in a Redis of their own: those of one Redis share the work. */
export const openStreamers = async (): Promise<Streamers> => {
  const redisUrl = await ownRedisUrl()
  const redis: Redis = createRedis(redisUrl, 'command')
  beforeEach(() => redis.flushdb())
  afterAll(() => redis.disconnect())
  return {
    redis,
    redisUrl,
    newMarket: (venue = 'binance', symbol = `T${randomBytes(4).toString('hex').toUpperCase()}/USDT`) => ({
      venue,
      symbol,
    }),
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

/** Where a streamer finds the simulated venues. */
export const urlsOf = (simulator: RunningSimulator): Record<string, string> =>
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
