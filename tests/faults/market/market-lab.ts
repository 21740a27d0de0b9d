// The streamer before a simulator that does everything wrong that an exchange can do, and the tape held against what
// the simulator says was really traded.
import { randomBytes } from 'node:crypto'
import { marketId, type MarketName, type TapeEvent } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createRedis } from '@botcriptofy/runtime/redis'
import { openTapeReader } from '@botcriptofy/runtime/stream'
import { startApp } from '@botcriptofy/testkit/process'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { type RunningSimulator, startSimulator } from '../../integration/simulator.fixture.ts'
import { faultsDone, newestTradeId } from './simulator-truth.ts'
import { type MarketViolation, violationsOf } from './market-invariants.ts'

const VENUES = ['binance', 'coinbase', 'kraken'] as const
/** Kraken proves ten levels of a book. */
const LEVELS = 10
/** So long after the last fault every market is whole again. */
const HEAL_LIMIT_MS = 90_000

export interface MarketLabOptions {
  readonly seed: number
  readonly minutes: number
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

export interface MarketLabReport {
  readonly seed: number
  readonly minutes: number
  /** Times that a fault hit something. */
  readonly faults: number
  readonly faultsByKind: Readonly<Record<string, number>>
  readonly violations: readonly MarketViolation[]
  readonly trades: number
  /** Trades that the tape names as missing. */
  readonly named: number
  readonly books: number
  readonly bookGaps: number
  readonly healedAfterMs: number
}

const urlsOf = ({ url, webSocketUrl }: RunningSimulator) => ({
  BINANCE_WS_URL: webSocketUrl,
  BINANCE_REST_URL: url,
  COINBASE_WS_URL: webSocketUrl,
  COINBASE_REST_URL: url,
  KRAKEN_WS_URL: webSocketUrl,
  KRAKEN_REST_URL: url,
})

/** Runs the faults of the seed for so long, heals them, waits until the tapes are at the newest trade, and checks. */
export const runMarketLab = async (options: MarketLabOptions): Promise<MarketLabReport> => {
  const { seed, minutes, say, signal } = options
  const symbol = `L${randomBytes(4).toString('hex').toUpperCase()}/USDT`
  const markets = VENUES.map((venue): MarketName => ({ venue, symbol }))
  const redisUrl = await ownRedisUrl()
  const redis = createRedis(redisUrl, 'command')
  // Streamers of one Redis are one fleet, so nothing of a fleet before this may be left.
  await redis.flushdb()
  const log = createLog({ name: 'market-lab', level: 'silent' })
  const simulator = await startSimulator({
    SIMULATOR_SYMBOL: symbol,
    SIMULATOR_SEED: String(seed),
    SIMULATOR_SPEED: '60',
    SIMULATOR_HISTORY_BARS: '100',
  })
  const ids = markets.map(marketId).join()
  const streamer = startApp({
    app: 'streamer',
    env: {
      REDIS_URL: redisUrl,
      ...urlsOf(simulator),
      STREAM_SYMBOLS: ids,
      STREAM_BOOK_SYMBOLS: ids,
      TAPE_BOOK_LEVELS: String(LEVELS),
    },
  })
  const reader = openTapeReader({ redis, log, inboxSize: 1_000_000 })
  const events = new Map(markets.map((market) => [marketId(market), [] as TapeEvent[]]))
  try {
    await streamer.waitForOutput(/streamer ready/)
    for (const market of markets)
      reader.subscribe({ market, channels: ['trade', 'book'] }, (event) => {
        events.get(marketId(market))?.push(event)
      })
    const isFlowing = (market: MarketName) =>
      (['trade', 'book_snapshot'] as const).every((type) =>
        events.get(marketId(market))?.some((event) => event.type === type),
      )
    await waitFor(() => markets.every(isFlowing), { describe: 'trades and books of every venue' })
    say(`seed ${seed}: trades and books of ${VENUES.join(', ')} flow, the faults begin`)
    const forMs = minutes * 60_000
    // A clock that is wrong would make the moments of books, by which they are compared, wrong too.
    await simulator.fault({ seed, forMs, faults: FAULTS })
    await waitOrStop(forMs, signal)
    await fetch(`${simulator.url}/simulator/faults`, { method: 'DELETE' })
    const endedMs = performance.now()
    say('the faults are over')
    const isWhole = async (market: MarketName) => {
      const newest = await newestTradeId(simulator, market)
      await waitFor(() => lastTradeId(events.get(marketId(market)) ?? []) >= newest && isProven(market), {
        describe: `${marketId(market)} to be whole again`,
        limitMs: HEAL_LIMIT_MS,
      })
    }
    const isProven = (market: MarketName) =>
      events.get(marketId(market))?.findLast(({ type }) => BOOK_TYPES.has(type))?.type === 'book_snapshot'
    await Promise.all(markets.map(isWhole))
    const healedAfterMs = Math.round(performance.now() - endedMs)
    say(`whole again after ${(healedAfterMs / 1000).toFixed(1)} s`)
    const all = [...events.values()]
    const violations = await Promise.all(
      markets.map((market) =>
        violationsOf(simulator, { market, events: events.get(marketId(market)) ?? [] }),
      ),
    )
    const done = await faultsDone(simulator)
    return {
      seed,
      minutes,
      faults: Object.values(done).reduce((sum, count) => sum + count, 0),
      faultsByKind: done,
      violations: violations.flat(),
      trades: count(all, 'trade'),
      named: all.flat().reduce((sum, event) => sum + namedBy(event), 0),
      books: count(all, 'book_snapshot'),
      bookGaps: count(all, 'gap_open'),
      healedAfterMs,
    }
  } catch (error) {
    say(streamer.output().stdout.split('\n').slice(-30).join('\n'))
    throw error
  } finally {
    await reader.close()
    await streamer.kill('SIGTERM')
    await simulator.app.kill('SIGKILL')
    redis.disconnect()
  }
}

const BOOK_TYPES = new Set(['gap_open', 'gap_closed', 'book_snapshot'])

const FAULTS = [
  'drop',
  'duplicate',
  'reorder',
  'corrupt',
  'cut',
  'silence',
  'silentAck',
  'lostRequest',
  'snapshotTwice',
  'thinSnapshot',
  'hugeSnapshot',
  'close',
  'dayCut',
  'shutdown',
  'halfOpen',
  'slowPings',
  'rateLimit',
  'unavailable',
  'badGateway',
  'htmlPage',
  'hang',
  'reset',
  'hangAfter',
  'resetAfter',
  'cutBody',
  'maintenance',
] as const

const lastTradeId = (events: readonly TapeEvent[]): number => {
  const last = events.findLast((event) => event.type === 'trade')
  return last?.type === 'trade' ? Number(last.tradeId) : 0
}

const count = (all: readonly (readonly TapeEvent[])[], type: TapeEvent['type']): number =>
  all.flat().filter((event) => event.type === type).length

const namedBy = (event: TapeEvent): number =>
  event.type === 'missing' ? Number(event.toId) - Number(event.fromId) + 1 : 0

const waitOrStop = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new Error(String(signal.reason)))
    })
  })
