import { candleJobs } from '@botcriptofy/contracts/candles'
import { type CandleRecord, candleTapeKey, type MarketName, marketShard } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { archiveMetrics, createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { createGet } from '@botcriptofy/runtime/rest'
import { noteSource, openTape, readDemand, takeLease, writeTape } from '@botcriptofy/runtime/stream'
import { importCandles, loadCandles } from '@botcriptofy/store/candles'
import { testDatabase } from '@botcriptofy/testkit/database'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { VENUE_NAMES, type VenueName, VENUES } from '@botcriptofy/venues/catalog'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { archive, type ArchiverOptions } from '../../apps/worker/src/archive/archiver.ts'
import { columnsOf } from '../../apps/worker/src/archive/candle-columns.ts'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { type RunningSimulator, startSimulator } from './simulator.fixture.ts'

const MINUTE_MS = 60_000
const EVERYTHING = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }
const [database, redisUrl] = await Promise.all([testDatabase(), ownRedisUrl()])
const redis = createRedis(redisUrl, 'command')
const log = createLog({ name: 'test', level: 'silent' })
const { db } = database
let simulator: RunningSimulator
let truths: Readonly<Record<VenueName, readonly CandleRecord[]>>

beforeAll(async () => {
  // It stands still for as long as the tests run, so that all see the same candles.
  simulator = await startSimulator({
    SIMULATOR_SYMBOL: 'BTC/USDT',
    SIMULATOR_SPEED: '0.001',
    SIMULATOR_HISTORY_BARS: '500',
  })
  const [binance = [], coinbase = [], kraken = []] = await Promise.all(VENUE_NAMES.map(candlesAt))
  truths = { binance, coinbase, kraken }
}, 30_000)
beforeEach(async () => {
  await redis.flushdb()
  await db.deleteFrom('job_outbox').execute()
  await db.deleteFrom('job_effect').execute()
  for (const table of ['candle', 'series_month', 'series'] as const) await db.deleteFrom(table).execute()
})
afterAll(async () => {
  redis.disconnect()
  await simulator.app.kill('SIGKILL')
  await database.close()
})

/** The newest candles that the venue gives in one call. */
const candlesAt = async (name: VenueName): Promise<readonly CandleRecord[]> => {
  const rest = VENUES[name].openRest(createGet(simulator.url, AbortSignal.timeout(10_000)))
  const native = (await rest.fetchMarkets()).toNative('BTC/USDT') ?? ''
  const bars: unknown = await createGet(
    simulator.url,
    AbortSignal.timeout(10_000),
  )('/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000')
  const openMs = Array.isArray(bars) ? Number(bars.at(-1)[0]) : Number.NaN
  const range = { fromMs: openMs - 300 * MINUTE_MS, toMs: openMs }
  return rest.fetchClosedCandles({ symbol: 'BTC/USDT', native, ...range })
}

const marketAt = (venue: string): MarketName => ({ venue, symbol: 'BTC/USDT' })

/** Writes candles to the tape as a streamer does. */
const tell = async (
  market: MarketName,
  candles: readonly CandleRecord[],
  source: 'venue' | 'simulator' = 'simulator',
): Promise<void> => {
  const lease = await takeLease(redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
  if (lease === undefined) throw new Error('expected a free lease, was held')
  await noteSource(redis, market, source)
  const { epoch } = await openTape(redis, market, '1m')
  const limits = { tradeEntries: 9, candleEntries: 1500, gapEntries: 9, tickerEntries: 9, bookEntries: 9 }
  const batch = { market, epoch, receivedMs: 1, trades: [], gaps: [], ticker: undefined, books: [], limits }
  await writeTape(redis, [{ lease, batches: [{ ...batch, candles }] }])
}

const options = (): ArchiverOptions => ({
  database,
  redis,
  intervalMs: 1,
  archivesSimulated: true,
  metrics: archiveMetrics(createMetrics('test')),
  log,
})

/** The control role until the test ends; it fills holes and archives nothing by itself. */
const fillHoles = async (): Promise<void> => {
  const restUrls = { binance: simulator.url, coinbase: simulator.url, kraken: simulator.url }
  const settings = { restUrls, seconds: 0, simulated: true, spacingMs: 1 }
  const shared = { database, redisUrl, namespace: '', registry: createMetrics('control'), log }
  const control = startControl({ ...shared, archive: settings })
  onTestFinished(() => control.stop())
  const isOpen = async () => (await jobs()).some(({ done_at: doneAt }) => doneAt === null)
  await waitFor(async () => !(await isOpen()), { describe: 'the backfills', limitMs: 15_000 })
}

const jobs = () => db.selectFrom('job_outbox').selectAll().orderBy('id').execute()
const seriesOf = ({ venue, symbol }: MarketName) =>
  db.selectFrom('series').selectAll().where('venue', '=', venue).where('symbol', '=', symbol).execute()
const storedOf = async (market: MarketName) => {
  const [series] = await seriesOf(market)
  return series && loadCandles(database, series.id, EVERYTHING)
}
const rows = (candles: ReturnType<typeof columnsOf> | undefined) =>
  candles && Array.from(candles.time, (time, at) => [time, ...figures(candles, at)])
const figures = ({ open, high, low, close, volume }: ReturnType<typeof columnsOf>, at: number) =>
  [open, high, low, close, volume].map((column) => column[at])

describe('the archive', () => {
  it('has every bar of the tape once, whoever archives it and however often', async () => {
    const market = marketAt('binance')
    const truth = truths.binance
    await tell(market, truth.slice(0, 200))
    await Promise.all([archive(options()), archive(options()), archive(options())])
    await tell(market, truth.slice(200))
    await archive(options())
    await archive(options())
    expect(rows(await storedOf(market))).toEqual(rows(columnsOf(truth)))
    expect(await seriesOf(market)).toMatchObject([{ tenant_id: null, timeframe: '1m', is_simulated: true }])
    expect(await jobs()).toEqual([])
    expect(await readDemand(redis)).toEqual([])
  })

  it.each(VENUE_NAMES)(
    'of %s is filled where the tape has holes, with what the venue says',
    async (venue) => {
      const market = marketAt(venue)
      const truth = truths[venue]
      expect(truth.length).toBeGreaterThan(250)
      await tell(market, truth.slice(0, 20))
      await archive(options())
      // A day passes without a streamer, and two candles got lost on the way.
      await redis.del(candleTapeKey(market, '1m'))
      await tell(market, [...truth.slice(200, 220), ...truth.slice(222)])
      await Promise.all([archive(options()), archive(options())])
      expect((await jobs()).map(({ name, tenant_id: tenantId }) => [name, tenantId])).toEqual([
        ['candles.backfill', null],
        ['candles.backfill', null],
      ])
      await fillHoles()
      expect(rows(await storedOf(market))).toEqual(rows(columnsOf(truth)))
      expect(await db.selectFrom('job_effect').select('type').execute()).toHaveLength(2)
    },
  )

  it('keeps the hole that the venue cannot fill, and says how many bars are missing', async () => {
    const market = marketAt('binance')
    const truth = truths.binance
    const first = truth[0]!
    // Before the first bar that the venue has.
    const target = { ...market, timeframe: '1m', owner: 'shared', isSimulated: true } as const
    const old = [3, 2].map((ago) => ({ ...first, openTimeMs: first.openTimeMs - ago * 1000 * MINUTE_MS }))
    await importCandles(database, target, columnsOf(old))
    await tell(market, truth)
    await archive(options())
    await fillHoles()
    const stored = await storedOf(market)
    const [job] = await jobs()
    const { fromMs, toMs } = candleJobs['candles.backfill'].payload.parse(job?.payload)
    expect([fromMs, toMs]).toEqual([old[1]!.openTimeMs + MINUTE_MS, first.openTimeMs])
    const filled = Array.from(stored?.time ?? []).filter((time) => time >= fromMs && time < toMs)
    expect(filled.length).toBeGreaterThan(100)
    // The venue begins somewhere in the hole, and from there all is there.
    expect(filled).toEqual(filled.map((_, at) => first.openTimeMs - (filled.length - at) * MINUTE_MS))
    expect(stored?.time.slice(0, 2)).toEqual(columnsOf(old).time)
  })

  it('does not take a simulated market for a real one', async () => {
    const market = marketAt('kraken')
    await tell(market, truths.kraken)
    await archive({ ...options(), archivesSimulated: false })
    expect(await storedOf(market)).toBeUndefined()
    // The same market, streamed from the venue from here on.
    await tell(market, truths.kraken.slice(-3), 'venue')
    await archive({ ...options(), archivesSimulated: false })
    expect(rows(await storedOf(market))).toEqual(rows(columnsOf(truths.kraken.slice(-3))))
    expect(await seriesOf(market)).toMatchObject([{ is_simulated: false }])
  })

  it('leaves alone a series that was made of the other kind', async () => {
    const market = marketAt('coinbase')
    const target = { ...market, timeframe: '1m', owner: 'shared', isSimulated: false } as const
    await importCandles(database, target, columnsOf(truths.coinbase.slice(0, 2)))
    await tell(market, truths.coinbase)
    await tell(marketAt('binance'), truths.binance)
    await archive(options())
    expect((await storedOf(market))?.time).toHaveLength(2)
    expect((await storedOf(marketAt('binance')))?.time).toHaveLength(truths.binance.length)
  })
})
