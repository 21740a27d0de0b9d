import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import {
  lastValueKey,
  type MarketMessage,
  marketMessage,
  type MarketName,
  marketHealthKey,
  marketId,
  marketIndexKey,
  marketShard,
  type ProvenBook,
  type TradeRecord,
  tradeTapeKey,
  bookTapeKey,
  lastBookKey,
  wantId,
} from '@botcriptofy/contracts/stream'
import { readDemand, takeLease, type TapeBatch, writeTape } from '@botcriptofy/runtime/stream'
import { createLoginCode } from '@botcriptofy/store/login'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

let api: TestApi
let caller: TestCaller
let base: string
const markets: MarketName[] = []

beforeAll(async () => {
  api = await startTestApi()
  caller = await api.caller('reader')
  base = await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  for (const market of markets) {
    const keys = [tradeTapeKey, bookTapeKey, lastValueKey, lastBookKey, marketHealthKey]
    await api.redis.unlink(...keys.map((key) => key(market)))
    await api.redis.srem(marketIndexKey(marketShard(market)), marketId(market))
  }
  await api.close()
})

const newMarket = (name: string): MarketName => {
  const market = { venue: 'binance', symbol: `${name}${Date.now().toString(36).toUpperCase()}/USDT` }
  markets.push(market)
  return market
}
const SOON = { interval: 10, timeout: 10_000 }

const connect = async (headers: Record<string, string> = caller.headers) => {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/markets/stream`, { headers })
  onTestFinished(() => socket.terminate())
  const messages: MarketMessage[] = []
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) messages.push(marketMessage.parse(JSON.parse(data.toString('utf8'))))
  })
  await once(socket, 'open')
  const say = (request: object | string) =>
    socket.send(typeof request === 'string' ? request : JSON.stringify(request))
  const types = () => messages.map(({ type }) => type)
  return { socket, messages, say, types }
}
/** The answer to a request that was refused before it became a WebSocket. */
const refusalOf = async (headers: Record<string, string>, path = '/v1/markets/stream') => {
  const socket = new WebSocket(`${base.replace('http', 'ws')}${path}`, { headers })
  socket.on('error', () => undefined)
  const response = await new Promise<IncomingMessage>((resolve) =>
    socket.once('unexpected-response', (_request, answer) => resolve(answer)),
  )
  let body = ''
  for await (const part of response) body += String(part)
  return { status: response.statusCode, body: z.object({ code: z.string() }).parse(JSON.parse(body)) }
}

const LIMITS = {
  tradeEntries: 20_000,
  candleEntries: 10,
  gapEntries: 10,
  tickerEntries: 10,
  bookEntries: 5_000,
}
const writeAll = async (market: MarketName, batches: readonly Partial<TapeBatch>[]) => {
  const empty = { trades: [], candles: [], gaps: [], ticker: undefined, books: [], limits: LIMITS }
  const whole = batches.map((batch) => ({ market, epoch: 7, receivedMs: Date.now(), ...empty, ...batch }))
  const lease = await takeLease(api.redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
  if (lease === undefined) throw new Error('expected a free lease, was held')
  return writeTape(api.redis, [{ lease, batches: whole }])
}
const write = (market: MarketName, batch: Partial<TapeBatch>) => writeAll(market, [batch])
const tradesOf = (market: MarketName, from: number, to: number): TradeRecord[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    type: 'trade',
    ...market,
    exchangeTimeMs: 1_800_000_000_000,
    tradeId: String(from + at),
    price: '100.5',
    amount: '1',
    side: 'buy',
  }))
const bookOf = (market: MarketName, id: number, levels = 1): ProvenBook => ({
  type: 'book_snapshot',
  ...market,
  exchangeTimeMs: null,
  bids: Array.from({ length: levels }, (_, at) => [String(100_000 - at), '1.00000000']),
  asks: Array.from({ length: levels }, (_, at) => [String(100_001 + at), '1.00000000']),
  firstUpdateId: id,
  lastUpdateId: id,
})

test('gives a client the channels it asked for, wants them upstream, and lets go of both', async () => {
  const market = newMarket('ASK')
  await write(market, { trades: tradesOf(market, 1, 2) })
  const { messages, say, types, socket } = await connect()
  say({ subscribe: [{ ...market, channels: ['trade', 'book', 'trade'] }] })
  await expect.poll(types, SOON).toEqual(['subscribed', 'start', 'trade', 'start'])
  expect(messages[0]).toEqual({
    type: 'subscribed',
    items: [{ ...market, channels: ['trade', 'book'] }],
    states: false,
  })
  const wanted = async () =>
    (await readDemand(api.redis))
      .filter((demand) => demand.market.symbol === market.symbol)
      .map(wantId)
      .toSorted()
  await expect.poll(wanted, SOON).toEqual([`book ${marketId(market)}`, `market ${marketId(market)}`])
  await write(market, { trades: tradesOf(market, 3, 3), books: [bookOf(market, 5)] })
  await expect.poll(() => types().slice(4).toSorted(), SOON).toEqual(['book_snapshot', 'trade'])

  say({ unsubscribe: [{ ...market, channels: ['trade'] }] })
  await expect.poll(() => types().at(-1), SOON).toBe('subscribed')
  const told = messages.length
  await write(market, { trades: tradesOf(market, 4, 4), books: [bookOf(market, 6)] })
  await expect.poll(() => types().slice(told), SOON).toEqual(['book_snapshot'])
  socket.close()
  await expect.poll(wanted, SOON).toEqual([])
})

test('tells the state of all markets every second to those who ask for it', async () => {
  const market = newMarket('STATE')
  await api.redis.sadd(marketIndexKey(marketShard(market)), marketId(market))
  await write(market, { trades: tradesOf(market, 1, 1) })
  const { messages, say } = await connect()
  say({ states: true })
  const told = () =>
    messages.flatMap((message) =>
      message.type === 'states' ? message.items.filter(({ symbol }) => symbol === market.symbol) : [],
    )
  await expect.poll(() => told().length, SOON).toBeGreaterThanOrEqual(2)
  expect(told()[0]).toMatchObject({
    ...market,
    state: 'released',
    lastPrice: '100.5',
    source: null,
    gaps: null,
  })
  expect(told()[0]?.ageMs).toBeLessThan(10_000)
})

describe('a connection is refused', () => {
  test('to a caller without a key, with the problem in the answer', async () => {
    expect(await refusalOf({})).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  })

  test('to a caller without the scope', async () => {
    const other = await api.caller('other', ['backtests:read'])
    expect(await refusalOf(other.headers)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
  })

  test('to a page of another origin, whatever cookie the browser sends, and not to our own', async () => {
    const code = await createLoginCode(api.db, caller.tenant, {
      userId: caller.userId,
      scopes: ['candles:read'],
    })
    const login = await api.app.inject({ method: 'GET', url: '/login', query: { code } })
    const cookie = `bcf_session=${login.cookies[0]?.value}`
    const refusal = await refusalOf({ cookie, origin: 'https://evil.example' })
    expect(refusal).toMatchObject({ status: 403, body: { code: 'CROSS_ORIGIN' } })
    expect(await refusalOf({ cookie })).toMatchObject({ status: 403, body: { code: 'CROSS_ORIGIN' } })
    const { say, types } = await connect({ cookie, origin: base })
    say({ states: true })
    await expect.poll(() => types()[0], SOON).toBe('subscribed')
  })

  test('to a request that is none for a WebSocket', async () => {
    const answer = await fetch(`${base}/v1/markets/stream`, { headers: caller.headers })
    expect(answer.status).toBe(426)
    expect(answer.headers.get('upgrade')).toBe('websocket')
    expect(await answer.json()).toMatchObject({ code: 'UPGRADE_REQUIRED' })
  })

  test('at an address that is none', async () => {
    expect(await refusalOf(caller.headers, '/v1/nothing')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    })
  })
})

test.each([
  ['{', 'expected JSON'],
  ['{}', 'expected subscribe, unsubscribe or states'],
  ['{"subscribe":[{"venue":"binance","symbol":"BTC","channels":["trade"]}]}', 'expected BASE/QUOTE'],
  ['{"subscribe":[{"venue":"binance","symbol":"BTC/USDT","channels":["all"]}]}', 'expected "trade"'],
])('answers %s with what was wrong, and keeps the connection', async (text, reason) => {
  const { say, messages } = await connect()
  say(text)
  say({ states: false })
  await expect.poll(() => messages.length, SOON).toBe(2)
  expect(messages[0]).toMatchObject({ type: 'refused', reason: expect.stringContaining(reason) })
  expect(messages[1]).toEqual({ type: 'subscribed', items: [], states: false })
})

test('bounds the channels of a connection and takes none of a request that goes beyond', async () => {
  const { say, messages } = await connect()
  const request = (from: number) =>
    Array.from({ length: 200 }, (_, at) => ({
      venue: 'binance',
      symbol: `B${from + at}/USDT`,
      channels: ['trade', 'ticker'],
    }))
  say({ subscribe: request(0) })
  say({ subscribe: request(200) })
  await expect.poll(() => messages.some(({ type }) => type === 'refused'), SOON).toBe(true)
  expect(messages.find(({ type }) => type === 'refused')).toEqual({
    type: 'refused',
    reason: 'expected at most 500 channels of markets on a connection, was 800',
  })
})

test('gives a client that reads too slowly the newest book, and says which trades it missed', async () => {
  const market = newMarket('SLOW')
  await write(market, { trades: tradesOf(market, 1, 1), books: [bookOf(market, 1)] })
  const { say, messages, socket, types } = await connect()
  say({ subscribe: [{ ...market, channels: ['trade', 'book'] }] })
  await expect.poll(() => types().length, SOON).toBe(5)
  socket.pause()
  const batches = Array.from({ length: 899 }, (_, at) => {
    const id = at + 2
    return { trades: tradesOf(market, id * 20, id * 20 + 19), books: [bookOf(market, id, 300)] }
  })
  for (let from = 0; from < batches.length; from += 50) {
    await writeAll(market, batches.slice(from, from + 50))
  }
  socket.resume()
  const isCaughtUp = () =>
    messages.some((message) => message.type === 'book_snapshot' && message.lastUpdateId === 900) &&
    messages.some((message) => message.type === 'trade' && message.tradeId === '18019')
  await waitFor(isCaughtUp, { describe: 'the newest', limitMs: 20_000 })
  expect(types().filter((type) => type === 'book_snapshot').length).toBeLessThan(900)
  let next = 1
  let lagged = 0
  for (const message of messages) {
    if (message.type === 'trade') {
      expect(Number(message.tradeId)).toBe(next)
      next += 1
    } else if (message.type === 'lag' || message.type === 'missing') {
      expect(Number(message.fromId)).toBe(next)
      next = Number(message.toId) + 1
      lagged += message.type === 'lag' ? message.records : 0
    }
  }
  expect(next).toBe(18_020)
  expect(lagged).toBeGreaterThan(0)
})
