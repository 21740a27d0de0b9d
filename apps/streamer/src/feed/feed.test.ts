import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { coinbaseProtocol } from '@botcriptofy/venues/coinbase'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
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
