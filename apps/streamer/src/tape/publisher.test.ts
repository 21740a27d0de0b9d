import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import {
  type CandleRecord,
  candleTapeKey,
  decodeTrades,
  gapTapeKey,
  marketShard,
  type TradeRecord,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { type Lease, releaseLease, streamMetrics, takeLease } from '@botcriptofy/runtime/stream'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { MarketHealth } from './market-health.ts'
import { Publisher } from './publisher.ts'

const redisUrl = await ownRedisUrl()
const redis = createRedis(redisUrl, 'command')
const market = { venue: 'binance', symbol: `P${randomBytes(4).toString('hex').toUpperCase()}/USDT` }
const tradeKey = tradeTapeKey(market)
const candleKey = candleTapeKey(market, '1m')
const SHARD = marketShard(market)
const KEPT = { seconds: 60, mostEntries: 1000 }
beforeAll(() => redis.flushdb())
afterAll(() => redis.disconnect())

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

/** A lease that nobody else in these tests has. */
const take = async (instance: string): Promise<Lease> => {
  const lease = await takeLease(redis, SHARD, { instance, ttlMs: 60_000 })
  if (lease === undefined) throw new Error('expected a free lease, was held')
  return lease
}

const startPublisher = async (url: string, { lease }: { readonly lease?: Lease } = {}) => {
  const client = createRedis(url, 'command')
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  const metrics = streamMetrics(createMetrics('test'))
  const log = createLog({ name: 'test', level: 'silent' })
  const of = { isSubscribed: () => true, isWritten: () => true, metrics }
  const health = new MarketHealth({ redis: client, sources: new Map(), ...of, log })
  onTestFinished(() => health.close())
  const publisher = new Publisher({
    redis: client,
    retention: { trades: KEPT, tickers: KEPT, books: KEPT, candleEntries: 1000, gapEntries: 1000 },
    timeframe: '1m',
    health,
    metrics,
    log,
  })
  if (lease !== undefined) await publisher.own(lease)
  await publisher.open(market)
  return publisher
}

test('bundles a tick, survives the loss of Redis and stores everything once, in order', async () => {
  const gate = await openGate()
  const publisher = await startPublisher(gate.url, { lease: await take('a') })
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
  const publisher = await startPublisher(redisUrl, { lease: await take('a') })
  expect(publisher.lastCandleOpenMs(market)).toBe(startMs + 60_000)
  for (const id of range(150, 160)) publisher.addTrade(trade(id), startMs)
  await publisher.close(1000)
  expect((await storedIds()).slice(-8)).toEqual(range(153, 160))
})

test('stops in time although Redis is away', async () => {
  const gate = await openGate()
  const publisher = await startPublisher(gate.url, { lease: await take('a') })
  await gate.cut()
  publisher.addTrade(trade(161), startMs)
  const startedMs = performance.now()
  await publisher.close(200)
  expect(performance.now() - startedMs).toBeLessThan(1500)
})

test('refuses records of a market that it was not given', async () => {
  const publisher = await startPublisher(redisUrl, { lease: await take('a') })
  expect(() => publisher.addTrade({ ...trade(1), symbol: 'NO/SUCH' }, startMs)).toThrow(
    'expected an opened market, was binance:NO/SUCH',
  )
})

test('remembers what another writes, and goes on behind it without a hole or a repetition', async () => {
  await redis.flushdb()
  const lease = await take('a')
  const owner = await startPublisher(redisUrl, { lease })
  const standby = await startPublisher(redisUrl)
  standby.stand(SHARD, { isHeldByOther: true })
  for (const id of range(1, 20)) owner.addTrade(trade(id), startMs)
  await waitFor(async () => (await storedIds()).length === 20, { describe: 'the trades of the owner' })
  // The standby began later, lost its first, and is ahead of the owner.
  for (const id of range(11, 30)) standby.addTrade(trade(id), startMs)
  standby.addCandle(candle(0, true), startMs)
  expect(await storedIds()).toEqual(range(1, 20))

  // The owner is frozen until its lease is another's, and then writes on.
  await releaseLease(redis, lease)
  await standby.own(await take('b'))
  for (const id of range(21, 25)) owner.addTrade(trade(id), startMs)
  for (const id of range(31, 40)) standby.addTrade(trade(id), startMs)
  await Promise.all([owner.close(1000), standby.close(1000)])
  expect(owner.leaseOf(SHARD)).toBeUndefined()
  expect(await storedIds()).toEqual(range(1, 40))
  expect(await redis.xlen(candleKey)).toBe(1)
})

test.each([
  ['forgets what is too old for a take-over while another writes', true, [2]],
  ['forgets nothing of a shard that nobody writes', false, [1, 2]],
])('%s', async (_, isHeldByOther, stored) => {
  await redis.flushdb()
  vi.useFakeTimers({ toFake: ['Date'], now: startMs })
  onTestFinished(() => void vi.useRealTimers())
  const standby = await startPublisher(redisUrl)
  standby.stand(SHARD, { isHeldByOther })
  standby.addTrade(trade(1), Date.now())
  standby.cut()
  vi.setSystemTime(startMs + 15_000)
  standby.addTrade(trade(2), Date.now())
  standby.cut()
  await standby.own(await take('c'))
  await waitFor(async () => (await storedIds()).length > 0, { describe: 'what is remembered' })
  expect(await storedIds()).toEqual(stored)
  await standby.close(1000)
})
