import {
  type CandleRecord,
  candleTapeKey,
  decodeCandle,
  decodeTrades,
  gapTapeKey,
  marketId,
  type MarketName,
  TAPE_FIELD,
  tapeGap,
  type TradeRecord,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { readLastValue, readMarkets } from '@botcriptofy/runtime/stream'
import { startApp } from '@botcriptofy/testkit/process'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { RunningSimulator } from './simulator.fixture.ts'
import { openStreamers, simulate } from './streamer.fixture.ts'

// Every test starts processes, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })
const { redis, redisUrl, newMarket, startStreamer } = await openStreamers()

const entriesOf = async (key: string) =>
  (await redis.xrange(key, '-', '+')).map(([id, [field, value = '']]) => ({ id, field, value }))
const tradesOf = async (market: MarketName) =>
  (await entriesOf(tradeTapeKey(market))).flatMap(({ value }) => decodeTrades(market, value))
const candlesOf = async (market: MarketName): Promise<readonly CandleRecord[]> =>
  (await entriesOf(candleTapeKey(market, '1m'))).map(({ value }) => decodeCandle(value))
const gapsOf = async (market: MarketName) =>
  (await entriesOf(gapTapeKey(market))).map(({ value }) => tapeGap.parse(JSON.parse(value)))

/** What was really traded from the first to the last of these trades, by the simulator's own account. */
const tradedAt = async (
  { url }: RunningSimulator,
  trades: readonly TradeRecord[],
): Promise<readonly TradeRecord[]> => {
  const [first, last] = [trades[0]!, trades.at(-1)!]
  const { venue, symbol } = first
  const query = new URLSearchParams({ venue, symbol, fromId: first.tradeId, toId: last.tradeId })
  const answer = await fetch(`${url}/simulator/truth/trades?${query.toString()}`)
  const { trades: traded } = truth.parse(await answer.json())
  return traded.map(({ timeMs, ...trade }) => ({
    type: 'trade',
    venue,
    symbol,
    exchangeTimeMs: timeMs,
    ...trade,
  }))
}
/** What the venues call the stream of trades. */
const TRADE_STREAMS: Readonly<Record<string, string>> = {
  binance: 'trade',
  coinbase: 'market_trades',
  kraken: 'trade',
}

const truth = z.object({
  trades: z.array(
    z.object({
      tradeId: z.string(),
      price: z.string(),
      amount: z.string(),
      side: z.enum(['buy', 'sell']),
      timeMs: z.number(),
    }),
  ),
})

const waitForTrades = (market: MarketName, count: number) =>
  waitFor(async () => (await tradesOf(market)).length >= count, {
    describe: `${count} trades`,
    limitMs: 20_000,
  })

test.each(['binance', 'coinbase', 'kraken'])(
  'stores every trade of %s once and in order through broken connections, and lacks none',
  async (venue) => {
    const market = newMarket(venue)
    const simulator = await simulate(market)
    const streamer = await startStreamer(market, simulator)
    await waitForTrades(market, 500)
    expect(await streamer.isReady()).toBe(true)

    // A quick return may lose nothing; the next one waits longer.
    const dropUntilRepaired = async () => {
      const connects = await streamer.metric('connects_total')
      await simulator.command('drop-connections')
      await waitFor(async () => (await streamer.metric('connects_total')) > connects, {
        describe: 'a connection',
      })
      await waitForTrades(market, (await tradesOf(market)).length + 200)
      return (await streamer.metric('repaired_trades_total')) > 0
    }
    await waitFor(dropUntilRepaired, { describe: 'a repair', limitMs: 30_000 })
    await streamer.app.kill('SIGTERM')
    const trades = await tradesOf(market)
    expect(await gapsOf(market)).toEqual([])
    expect(trades).toEqual(await tradedAt(simulator, trades))
    const entries = await entriesOf(tradeTapeKey(market))
    expect(entries.map(({ id, field }) => ({ id, field }))).toEqual(
      entries.map(({ value }) => ({
        id: `${decodeTrades(market, value).at(-1)?.tradeId}-0`,
        field: TAPE_FIELD,
      })),
    )
  },
)

test.each([
  ['binance', 'as the venue closes them'],
  ['coinbase', 'as its trades make them'],
  ['kraken', 'as its trades make them'],
])('keeps candles of %s, %s, free of holes through a broken connection', async (venue) => {
  const market = newMarket(venue)
  // Fifty minutes a real second: some close while the connection is down.
  const simulator = await simulate(market, { SIMULATOR_SEED: '3' })
  const streamer = await startStreamer(market, simulator)
  const repaired = async () => {
    await simulator.command('drop-connections')
    await waitFor(() => streamer.isReady(), { describe: 'a new connection' })
    const before = (await candlesOf(market)).length
    await waitFor(async () => (await candlesOf(market)).length >= before + 5, {
      describe: 'five more candles',
    })
    const repairs = ['repaired_candles_total', 'repaired_trades_total'].map((name) => streamer.metric(name))
    return (await Promise.all(repairs)).some((count) => count > 0)
  }
  await waitFor(async () => (await candlesOf(market)).length >= 5, {
    describe: 'five candles',
    limitMs: 20_000,
  })
  await waitFor(repaired, { describe: 'a repair', limitMs: 15_000 })

  const candles = await candlesOf(market)
  const [first, last] = [candles[0], candles.at(-1)]
  const native = market.symbol.replace('/', '')
  const range = `startTime=${first?.openTimeMs}&endTime=${last?.openTimeMs}&limit=1000`
  const answer = await fetch(`${simulator.url}/api/v3/klines?symbol=${native}&interval=1m&${range}`)
  // The simulator tells all venues of one market, so Binance's candles are the truth about every one.
  const rows: readonly (readonly unknown[])[] = JSON.parse(await answer.text())
  const figuresOf = ({ openTimeMs, open, high, low, close, volume }: CandleRecord) =>
    [openTimeMs, open, high, low, close, volume].map(Number)
  expect(candles.map(figuresOf)).toEqual(rows.map((row) => row.slice(0, 6).map(Number)))
  expect(candles.every((candle) => candle.closed)).toBe(true)
})

test('lacks no trade of any venue where frames are lost, doubled and out of order, and where a market falls silent', async () => {
  const { symbol } = newMarket()
  const simulator = await simulate({ venue: 'binance', symbol }, { SIMULATOR_SPEED: '200' })
  const markets = ['binance', 'coinbase', 'kraken'].map((venue) => newMarket(venue, symbol))
  const streamer = await startStreamer(markets[0]!, simulator, {
    STREAM_SYMBOLS: markets.map(marketId).join(),
  })
  const fortyMore = (market: MarketName) =>
    tradesOf(market).then(({ length }) => waitForTrades(market, length + 40))
  const disturb = async (market: MarketName) => {
    const { venue } = market
    const stream = TRADE_STREAMS[venue]
    await waitForTrades(market, 20)
    for (const fault of ['drop', 'duplicate', 'reorder']) {
      await simulator.fault({ venue, stream, fault, times: 2 })
      await fortyMore(market)
    }
    await simulator.fault({ venue, stream, fault: 'silence' })
  }
  await Promise.all(markets.map(disturb))
  await waitFor(async () => (await streamer.metric('silent_markets_total')) >= 3, {
    describe: 'three silences to be noticed',
    limitMs: 20_000,
  })
  await Promise.all(markets.map(fortyMore))
  for (const market of markets) {
    const trades = await tradesOf(market)
    expect(await gapsOf(market)).toEqual([])
    expect(trades).toEqual(await tradedAt(simulator, trades))
  }
})

test('tells a late reader the last price and its age, and goes on where it stopped', async () => {
  const market = newMarket()
  const simulator = await simulate(market)
  const streamer = await startStreamer(market, simulator)
  await waitForTrades(market, 200)
  const startedMs = performance.now()
  expect(await streamer.app.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(performance.now() - startedMs).toBeLessThan(2000)

  const last = (await tradesOf(market)).at(-1)
  const value = await readLastValue(redis, market)
  expect(value).toMatchObject({
    price: last?.price,
    tradeId: last?.tradeId,
    exchangeTimeMs: last?.exchangeTimeMs,
  })
  const nowMs = (value?.receivedMs ?? 0) + 1234
  const listed = (await readMarkets(redis, nowMs)).find(({ symbol }) => symbol === market.symbol)
  expect(listed).toMatchObject({
    ...market,
    state: 'released',
    source: null,
    lastPrice: last?.price,
    lastTimeMs: last?.exchangeTimeMs,
    ageMs: 1234,
  })

  const stored = (await tradesOf(market)).length
  const next = await startStreamer(market, simulator)
  await waitForTrades(market, stored + 100)
  // What was traded between the two streamers came over REST.
  expect(await next.metric('repaired_trades_total')).toBeGreaterThan(0)
  expect(await gapsOf(market)).toEqual([])
  const trades = await tradesOf(market)
  expect(trades).toEqual(await tradedAt(simulator, trades))
  expect((await readLastValue(redis, market))?.epoch).toBe(value?.epoch)
})

test('begins the tape anew, under a later epoch, when the venue starts its ids and its clock over', async () => {
  const market = newMarket()
  const simulator = await simulate(market)
  const port = new URL(simulator.url).port
  const streamer = await startStreamer(market, simulator)
  await waitForTrades(market, 1000)
  const before = await readLastValue(redis, market)
  await simulator.app.kill('SIGKILL')
  await simulate(market, { SIMULATOR_PORT: port })
  await waitFor(async () => (await streamer.metric('restarts_total')) === 1, {
    describe: 'a restart',
    limitMs: 20_000,
  })
  await waitFor(async () => (await readLastValue(redis, market))?.epoch !== before?.epoch, {
    describe: 'an epoch',
  })
  await waitForTrades(market, 100)

  const after = await readLastValue(redis, market)
  expect(after?.epoch).toBeGreaterThan(before?.epoch ?? 0)
  const trades = await tradesOf(market)
  expect(Number(trades[0]?.tradeId)).toBeLessThan(Number(before?.tradeId))
  expect(trades[0]?.exchangeTimeMs).toBeLessThan(before?.exchangeTimeMs ?? 0)
  const ids = trades.map((trade) => Number(trade.tradeId))
  expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
})

test('keeps the streams as short as it was told', async () => {
  const market = newMarket()
  const simulator = await simulate(market)
  await startStreamer(market, simulator, { TAPE_TRADE_ENTRIES: '20', TAPE_CANDLE_ENTRIES: '20' })
  const added = async (key: string): Promise<number> => {
    const info: unknown = await redis.xinfo('STREAM', key)
    return Array.isArray(info) ? Number(info[info.indexOf('entries-added') + 1]) : 0
  }
  const keys = [tradeTapeKey(market), candleTapeKey(market, '1m')]
  // Redis trims whole nodes of a hundred entries.
  const isLong = async () => (await Promise.all(keys.map(added))).every((entries) => entries >= 300)
  await waitFor(isLong, { describe: '300 entries in each stream', limitMs: 20_000 })
  for (const key of keys) expect(await redis.xlen(key)).toBeLessThanOrEqual(120)
})

test.each([
  [
    'STREAM_SYMBOLS',
    'ftx:BTC/USD',
    'expected a comma-separated list such as binance:BTC/USDT, of binance, coinbase, kraken',
  ],
  ['BINANCE_WS_URL', 'http://127.0.0.1', 'expected a URL that begins with ws:// or wss://'],
])('refuses to start with %s=%s', async (name, value, message) => {
  const app = startApp({ app: 'streamer', env: { REDIS_URL: redisUrl, [name]: value } })
  expect(await app.exited).toEqual({ code: 2, signal: null })
  expect(app.output().stderr).toContain(`${name}: ${message}`)
})
