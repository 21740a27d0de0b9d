import { once } from 'node:events'
import { connect } from 'node:net'
import type { StreamRecord, TradeRecord } from '@botcriptofy/contracts/stream'
import { decodeFrame as decodeCoinbase } from '@botcriptofy/venues/coinbase'
import type { FrameDecoder } from '@botcriptofy/venues/frame'
import { createDecoder as createKrakenDecoder } from '@botcriptofy/venues/kraken'
import { waitFor } from '@botcriptofy/testkit/wait'
import { BadSymbol, coinbase, type Exchange, ExchangeError, kraken } from 'ccxt'
import { afterAll, describe, expect, test } from 'vitest'
import { type Client, connectClient, type Frame, startSimulator } from './simulator.fixture.ts'

const MINUTE_MS = 60_000
const simulator = await startSimulator({
  SIMULATOR_SYMBOL: 'ABC/USDT',
  SIMULATOR_SPEED: '1200',
  SIMULATOR_HISTORY_BARS: '800',
})
afterAll(async () => void (await simulator.app.kill('SIGTERM')))

/** Every address of the client points at the simulator, so that nothing can leave this machine. */
const atSimulator = (client: Exchange): Exchange => {
  const names = Object.keys(client.urls['api'] ?? {})
  client.urls = { ...client.urls, api: Object.fromEntries(names.map((name) => [name, simulator.url])) }
  return client
}

describe.each([
  ['kraken', () => atSimulator(new kraken({ enableRateLimit: false }))],
  ['coinbase', () => atSimulator(new coinbase({ enableRateLimit: false }))],
])('the REST side of %s', (_, open) => {
  test('serves the real ccxt client its markets, candles, trades and time', async () => {
    const client = open()
    const markets = await client.loadMarkets()
    expect(Object.keys(markets)).toEqual(['ABC/USDT'])
    expect(markets['ABC/USDT']).toMatchObject({ spot: true, base: 'ABC', quote: 'USDT' })
    const nowMs = (await client.fetchTime()) ?? 0
    const since = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - 20 * MINUTE_MS
    const candles = await client.fetchOHLCV('ABC/USDT', '1m', since, 10)
    expect(candles.length).toBeGreaterThan(0)
    for (const [time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] of candles) {
      expect(time).toBeGreaterThanOrEqual(since)
      expect(Math.max(open, close, low)).toBeLessThanOrEqual(high)
      expect(volume).toBeGreaterThan(0)
    }
    const trades = await client.fetchTrades('ABC/USDT', undefined, 20)
    expect(trades.length).toBeGreaterThan(0)
    expect(
      trades.every(({ price, amount, side }) => (price ?? 0) > 0 && (amount ?? 0) > 0 && side !== undefined),
    ).toBe(true)
  })
})

describe.each([
  ['kraken', () => atSimulator(new kraken({ enableRateLimit: false }))],
  ['coinbase', () => atSimulator(new coinbase({ enableRateLimit: false }))],
])('what %s refuses', (_, open) => {
  test('is refused to the real ccxt client too', async () => {
    const client = open()
    await client.loadMarkets()
    await expect(client.fetchOHLCV('NO/PE', '1m')).rejects.toThrow(BadSymbol)
    const unlisted = { ...client.market('ABC/USDT'), id: 'NOPE', symbol: 'NO/PE' }
    client.setMarkets([client.market('ABC/USDT'), unlisted])
    await expect(client.fetchTrades('NO/PE')).rejects.toThrow(ExchangeError)
    await expect(client.fetchOHLCV('ABC/USDT', '7m')).rejects.toThrow(/7m|interval|granularity|argument/i)
  })
})

test.each([
  ['Kraken', '/v2'],
  ['Coinbase', '/'],
  ['Binance', '/ws'],
])(
  'the WebSocket side of %s answers what it cannot read, and outlives clients that misbehave',
  async (_, path) => {
    const client = await connectClient(`${simulator.webSocketUrl}${path}`)
    client.send('{"method":')
    client.send([])
    await waitFor(() => client.frames.filter(isRefusal).length === 2, { describe: 'two refusals' })
    // More than any request needs.
    client.send('x'.repeat(70_000))
    expect(await client.closed).toBe(1009)
    const gone = await connectClient(`${simulator.webSocketUrl}${path}`)
    gone.send({
      method: 'SUBSCRIBE',
      params: Array.from({ length: 1000 }, (__, k) => `c${k}usdt@trade`),
      id: 1,
    })
    gone.close()
    for (const target of ['//', '/nowhere', '/%'])
      expect(await upgradeStatus(target)).toMatch(/^HTTP\/1\.1 404/)
    expect((await fetch(`${simulator.url}/health/live`)).status).toBe(200)
  },
)

const isRefusal = (frame: Frame): boolean => 'error' in frame || 'code' in frame || frame['type'] === 'error'

/** The first line of the answer to a WebSocket request for this target. */
const upgradeStatus = async (target: string): Promise<string> => {
  const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1')
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer)
}

/** Follows a connection through our own decoder. */
const decodedOf = (client: Client, decode: FrameDecoder) => {
  let at = 0
  const records: StreamRecord[] = []
  return () => {
    for (; at < client.frames.length; at++) {
      const { records: more, isUnderstood } = decode(JSON.stringify(client.frames[at]))
      expect(isUnderstood, JSON.stringify(client.frames[at])).toBe(true)
      records.push(...more)
    }
    return records
  }
}

/** A snapshot repeats trades that were sent, so ids are counted once. */
const missingTrades = (trades: readonly TradeRecord[]): number => {
  const ids = new Set(trades.map(({ tradeId }) => Number(tradeId)))
  return Math.max(...ids) - Math.min(...ids) + 1 - ids.size
}

describe('the WebSocket side of Kraken', () => {
  test('gives trades without a hole, bars and heartbeats, as our decoder understands them', async () => {
    const client = await connectClient(`${simulator.webSocketUrl}/v2`)
    await client.waitForFrame('the status', ({ channel }) => channel === 'status')
    const ask = (channel: string, id: number) =>
      client.send({ method: 'subscribe', params: { channel, symbol: ['ABC/USDT', 'NO/PE'] }, req_id: id })
    ask('trade', 1)
    ask('ohlc', 2)
    client.send({ method: 'ping', req_id: 3 })
    const records = decodedOf(client, createKrakenDecoder())
    const ofType = <T extends StreamRecord['type']>(type: T) =>
      records().filter((record): record is Extract<StreamRecord, { type: T }> => record.type === type)
    await waitFor(() => ofType('trade').length > 200, { describe: '200 trades' })
    await waitFor(() => ofType('candle').length > 20, { describe: '20 bars' })
    expect(missingTrades(ofType('trade'))).toBe(0)
    expect(ofType('ack').map(({ requestId, streams }) => [requestId, streams])).toEqual([
      [1, ['trade:ABC/USDT']],
      [2, ['ohlc:ABC/USDT']],
    ])
    expect(ofType('error').map(({ reason, symbol }) => [reason, symbol])).toEqual([
      ['Currency pair not supported NO/PE', 'NO/PE'],
      ['Currency pair not supported NO/PE', 'NO/PE'],
    ])
    client.send({ method: 'unsubscribe', params: { channel: 'ohlc', symbol: ['ABC/USDT'] } })
    client.send('nonsense')
    await client.waitForFrame('a refusal', ({ error }) => error === 'Malformed request')
    client.close()
    expect(await client.closed).toBe(1005)
  })
})

describe('the WebSocket side of Coinbase', () => {
  test('numbers every frame of a connection, and says the side of the maker', async () => {
    const client = await connectClient(simulator.webSocketUrl)
    for (const channel of ['market_trades', 'candles', 'heartbeats']) {
      client.send({ type: 'subscribe', product_ids: ['ABC-USDT'], channel })
    }
    const records = decodedOf(client, decodeCoinbase)
    const trades = () => records().filter((record) => record.type === 'trade')
    await waitFor(() => trades().length > 200, { describe: '200 trades' })
    await waitFor(() => records().some(({ type }) => type === 'heartbeat'), { describe: 'a heartbeat' })
    expect(missingTrades(trades())).toBe(0)
    const numbers = client.frames.map((frame) => frame['sequence_num'])
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect(records().findLast(({ type }) => type === 'ack')).toMatchObject({
      streams: ['market_trades:ABC-USDT', 'candles:ABC-USDT', 'heartbeats:ABC-USDT'],
    })
    client.send({ type: 'subscribe', channel: 'level3' })
    await client.waitForFrame('a refusal', ({ type }) => type === 'error')
    client.close()
  })

  test('sells on the taker’s side what Binance says that the taker sold', async () => {
    const streams = [`${simulator.webSocketUrl}/ws/abcusdt@trade`, simulator.webSocketUrl]
    const [binance, other] = await Promise.all(streams.map(connectClient))
    other!.send({ type: 'subscribe', product_ids: ['ABC-USDT'], channel: 'market_trades' })
    const records = decodedOf(other!, decodeCoinbase)
    const takers = () =>
      new Map(records().flatMap((record) => (record.type === 'trade' ? [[record.tradeId, record.side]] : [])))
    const shared = () => binance!.frames.filter((frame) => takers().has(String(frame['t'])))
    await waitFor(() => shared().length > 50, { describe: '50 trades of both' })
    for (const frame of shared())
      expect(takers().get(String(frame['t']))).toBe(frame['m'] === true ? 'sell' : 'buy')
    for (const client of [binance!, other!]) client.close()
  })
})
