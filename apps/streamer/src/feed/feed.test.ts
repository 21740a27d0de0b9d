import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createPacer } from '@botcriptofy/runtime/connection'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { binanceProtocol } from '@botcriptofy/venues/binance'
import { coinbaseProtocol } from '@botcriptofy/venues/coinbase'
import { expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createFeed } from './feed.ts'

const trades = (sequence_num: number, ...ids: readonly number[]) =>
  JSON.stringify({
    channel: 'market_trades',
    timestamp: '2026-08-12T19:27:48Z',
    sequence_num,
    events: [
      {
        type: 'update',
        trades: ids.toReversed().map((id) => ({
          product_id: 'BTC-USD',
          trade_id: String(id),
          price: '1',
          size: '1',
          time: '2026-08-12T19:27:48Z',
          side: 'BUY',
        })),
      },
    ],
  })
const ack = (sequence_num: number) =>
  JSON.stringify({
    channel: 'subscriptions',
    timestamp: '2026-08-12T19:27:48Z',
    sequence_num,
    events: [{ subscriptions: { market_trades: ['BTC-USD'], heartbeats: ['BTC-USD'] } }],
  })

it('connects anew when frames of a connection are missing, and takes nothing after the hole', async () => {
  const connections = [
    [ack(0), trades(1, 1, 2), trades(3, 5), trades(4, 6)],
    [trades(0, 2, 3, 4, 5, 6), ack(1), trades(2, 7)],
  ]
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  let dials = 0
  server.on('connection', (socket) => connections[dials++]?.forEach((frame) => socket.send(frame)))
  const taken: string[] = []
  const registry = createMetrics('streamer')
  let interruptions = 0
  const feed = createFeed({
    protocol: { ...coinbaseProtocol, profile: { ...coinbaseProtocol.profile, dialSpacingMs: 1 } },
    webSocketUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names: { toSymbol: () => 'BTC/USD', toNative: () => 'BTC-USD' },
    dials: createPacer(1),
    random: () => 0,
    metrics: streamMetrics(registry),
    log: createLog({ name: 'test', level: 'silent' }),
    onRecord: (record) => {
      if (record.type === 'trade') taken.push(record.tradeId)
    },
    onInterrupted: () => void (interruptions += 1),
  })
  onTestFinished(async () => {
    await feed.close()
    server.close()
  })
  feed.add([['market_trades:BTC-USD', 'heartbeats:BTC-USD']])
  await waitFor(() => taken.includes('7'), { describe: 'the second connection' })
  expect(taken).toEqual(['1', '2', '2', '3', '4', '5', '6', '7'])
  expect({ dials, interruptions }).toEqual({ dials: 2, interruptions: 1 })
  expect(await registry.metrics()).toMatch(/disconnects_total\{.*reason="frames missing".*\} 1/)
})

const binanceTrade = (id: number) =>
  JSON.stringify({ e: 'trade', E: 1, s: 'BTCUSDT', t: id, p: '1', q: '1', T: 1, m: true, M: true })
const BINANCE_STREAM = 'btcusdt@trade'

/** A Binance that acknowledges what it is asked, and a feed that follows one of its markets. */
const followBinance = async (profile: { readonly lifetimeMs?: number | null }) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const sockets: WebSocket[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data))
        socket.send(JSON.stringify({ result: null, id: JSON.parse(data.toString('utf8')).id }))
    })
  })
  const taken: string[] = []
  const interruptions: string[] = []
  const feed = createFeed({
    protocol: { ...binanceProtocol, profile: { ...binanceProtocol.profile, dialSpacingMs: 1, ...profile } },
    webSocketUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names: { toSymbol: () => 'BTC/USDT', toNative: () => 'BTCUSDT' },
    dials: createPacer(1),
    random: () => 0,
    metrics: streamMetrics(createMetrics('streamer')),
    log: createLog({ name: 'test', level: 'silent' }),
    onRecord: (record) => {
      if (record.type === 'trade') taken.push(record.tradeId)
    },
    onInterrupted: (reason) => void interruptions.push(reason),
  })
  onTestFinished(async () => {
    await feed.close()
    server.close()
  })
  feed.add([[BINANCE_STREAM]])
  await waitFor(() => feed.isSubscribed(BINANCE_STREAM), { describe: 'the subscription' })
  const until = (describe: string, isSo: () => boolean) => waitFor(isSo, { describe })
  return { feed, sockets, taken, interruptions, until }
}

it('opens another connection before a shutdown that is announced, and misses nothing', async () => {
  const { sockets, taken, interruptions, until } = await followBinance({})
  sockets[0]?.send(binanceTrade(1))
  sockets[0]?.send(JSON.stringify({ e: 'serverShutdown', E: 1 }))
  await until('a second connection', () => sockets.length === 2)
  sockets[0]?.send(binanceTrade(2))
  await until('both trades', () => taken.length === 2)
  await until('the first to be closed', () => sockets[0]?.readyState === 3)
  sockets[1]?.send(binanceTrade(3))
  await until('all trades', () => taken.length === 3)
  expect(taken).toEqual(['1', '2', '3'])
  expect(interruptions).toEqual([])
})

it('opens another connection before the venue ends one of its age, and lets the new streams come over both', async () => {
  const { feed, sockets, interruptions, until } = await followBinance({ lifetimeMs: 200 })
  await until('a second connection', () => sockets.length >= 2)
  feed.add([['ethusdt@trade']])
  await until('the first to be closed', () => sockets[0]?.readyState === 3)
  await until('both streams', () => feed.isSubscribed(BINANCE_STREAM) && feed.isSubscribed('ethusdt@trade'))
  expect(interruptions).toEqual([])
  expect(feed.isUp()).toBe(true)
})

it('is interrupted where the venue ends the connection before another is up', async () => {
  const { feed, sockets, interruptions, until } = await followBinance({})
  sockets[0]?.terminate()
  await until('the interruption', () => interruptions.length === 1)
  await until('a connection', () => feed.isSubscribed(BINANCE_STREAM))
  expect(interruptions).toEqual(['close 1006'])
  await feed.close()
  // Nobody vouches any more for what the connection told.
  expect(interruptions.length).toBe(2)
})
