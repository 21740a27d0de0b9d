import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import {
  type CandleRecord,
  candleTapeKey,
  decodeTrades,
  gapTapeKey,
  lastValueKey,
  marketId,
  marketIndexKey,
  marketShard,
  type TradeRecord,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { MarketHealth } from './market-health.ts'
import { Publisher } from './publisher.ts'

const redisUrl = await testRedisUrl()
const redis = createRedis(redisUrl, 'command')
const market = { venue: 'binance', symbol: `P${randomBytes(4).toString('hex').toUpperCase()}/USDT` }
const tradeKey = tradeTapeKey(market)
const candleKey = candleTapeKey(market, '1m')
afterAll(async () => {
  await redis.unlink(tradeKey, candleKey, gapTapeKey(market), lastValueKey(market))
  await redis.srem(marketIndexKey(marketShard(market)), marketId(market))
  redis.disconnect()
})

const startMs = 1_700_000_000_000
const trade = (id: number): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: startMs + id,
  tradeId: String(id),
  price: `${id}.5`,
  amount: '1',
  side: 'buy',
})
const candle = (minute: number, closed: boolean): CandleRecord => ({
  type: 'candle',
  ...market,
  exchangeTimeMs: startMs + minute * 60_000 + 59_999,
  timeframe: '1m',
  openTimeMs: startMs + minute * 60_000,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '1',
  closed,
})
const storedIds = async () =>
  (await redis.xrange(tradeKey, '-', '+')).flatMap(([, fields]) =>
    decodeTrades(market, fields[1] ?? '').map(({ tradeId }) => Number(tradeId)),
  )
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** A way to Redis that a test can cut and open again. */
const openGate = async () => {
  const target = new URL(redisUrl)
  const sockets = new Set<Socket>()
  const pass = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
  }
  let server: Server = createServer(pass).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const cut = async () => {
    const closed = once(server.close(), 'close')
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const reopen = async () => {
    server = createServer(pass).listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  onTestFinished(cut)
  const url = new URL(redisUrl)
  url.host = `127.0.0.1:${port}`
  return { url: url.href, cut, reopen }
}

const startPublisher = async (url: string) => {
  const client = createRedis(url, 'command')
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  const metrics = streamMetrics(createMetrics('test'))
  const log = createLog({ name: 'test', level: 'silent' })
  const health = new MarketHealth({
    redis: client,
    sources: new Map(),
    isSubscribed: () => true,
    metrics,
    log,
  })
  onTestFinished(() => health.close())
  const publisher = new Publisher({
    redis: client,
    limits: {
      tradeEntries: 1000,
      candleEntries: 1000,
      gapEntries: 1000,
      tickerEntries: 1000,
      bookEntries: 1000,
    },
    timeframe: '1m',
    health,
    metrics,
    log,
  })
  await publisher.open(market)
  return publisher
}

test('bundles a tick, survives the loss of Redis and stores everything once, in order', async () => {
  const gate = await openGate()
  const publisher = await startPublisher(gate.url)
  for (const id of range(1, 100)) publisher.addTrade(trade(id), startMs)
  await waitFor(async () => (await storedIds()).length === 100, { describe: 'the first trades' })
  expect(await redis.xlen(tradeKey)).toBe(1)

  await gate.cut()
  for (const id of range(101, 150)) publisher.addTrade(trade(id), startMs)
  // A repetition and a gap while nothing can be written.
  publisher.addTrade(trade(150), startMs)
  publisher.addTrade(trade(153), startMs)
  for (const minute of [0, 1]) publisher.addCandle(candle(minute, true), startMs)
  publisher.addCandle(candle(1, true), startMs)
  publisher.addCandle(candle(2, false), startMs)
  await gate.reopen()
  await waitFor(async () => (await storedIds()).includes(153), { describe: 'the rest' })
  await publisher.close(1000)

  expect(await storedIds()).toEqual([...range(1, 150), 153])
  const [gap] = await redis.xrange(gapTapeKey(market), '-', '+')
  expect(JSON.parse(gap?.[1][1] ?? '')).toEqual({ fromId: '151', toId: '152', detectedMs: startMs })
  const candles = (await redis.xrange(candleKey, '-', '+')).map(([id]) => id)
  expect(candles).toEqual([0, 1].map((minute) => `${startMs + minute * 60_000}-0`))
})

test('goes on behind what another writer stored', async () => {
  const publisher = await startPublisher(redisUrl)
  expect(publisher.lastCandleOpenMs(market)).toBe(startMs + 60_000)
  for (const id of range(150, 160)) publisher.addTrade(trade(id), startMs)
  await publisher.close(1000)
  expect((await storedIds()).slice(-8)).toEqual(range(153, 160))
})

test('stops in time although Redis is away', async () => {
  const gate = await openGate()
  const publisher = await startPublisher(gate.url)
  await gate.cut()
  publisher.addTrade(trade(161), startMs)
  const startedMs = performance.now()
  await publisher.close(200)
  expect(performance.now() - startedMs).toBeLessThan(1500)
})

test('refuses records of a market that it was not given', async () => {
  const publisher = await startPublisher(redisUrl)
  expect(() => publisher.addTrade({ ...trade(1), symbol: 'NO/SUCH' }, startMs)).toThrow(
    'expected an opened market, was binance:NO/SUCH',
  )
})
