import type { Socket } from 'node:net'
import {
  lastValueKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { takeLease, writeTape } from '@botcriptofy/runtime/stream'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startTestApi, type TestApi } from './api.fixture.ts'

let api: TestApi
let environment: Record<string, string>
const sockets = new Set<Socket>()
const market: MarketName = { venue: 'binance', symbol: `CLI${Date.now().toString(36).toUpperCase()}/USDT` }

beforeAll(async () => {
  api = await startTestApi()
  api.app.server.on('connection', (socket: Socket) => sockets.add(socket))
  const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
  environment = { BOTCRIPTOFY_URL: url, BOTCRIPTOFY_KEY: (await api.caller('watcher')).apiKey }
  await api.redis.sadd(marketIndexKey(marketShard(market)), marketId(market))
  await writeTrade(1)
})
afterAll(async () => {
  await api.redis.unlink(tradeTapeKey(market), lastValueKey(market))
  await api.redis.srem(marketIndexKey(marketShard(market)), marketId(market))
  await api.close()
})

const writeTrade = async (id: number) => {
  const limits = { tradeEntries: 9, candleEntries: 9, gapEntries: 9, tickerEntries: 9, bookEntries: 9 }
  const times = { exchangeTimeMs: 1_800_000_000_000, tradeId: String(id) }
  const trade = { type: 'trade', ...market, ...times, price: `${id}.5`, amount: '1', side: 'buy' } as const
  const batch = { trades: [trade], candles: [], gaps: [], ticker: undefined, books: [], limits }
  const lease = await takeLease(api.redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
  if (lease === undefined) throw new Error('expected a free lease, was held')
  return writeTape(api.redis, [{ lease, batches: [{ market, epoch: 3, receivedMs: Date.now(), ...batch }] }])
}
const cli = (args: readonly string[], env: Readonly<Record<string, string>> = environment) => {
  const app = startApp({ app: 'cli', args, env })
  onTestFinished(async () => void (await app.kill('SIGKILL')))
  return app
}

test('watches a market over a lost connection, one event a line, and ends with 0 on Ctrl-C', async () => {
  const app = cli(['markets', 'watch', marketId(market), '--json'])
  await app.waitForOutput(/"tradeId":"1"/, { limitMs: 20_000 })
  for (const socket of sockets) socket.destroy()
  await app.waitForOutput(/connection lost; trying again…\n(.|\n)*connected again/, { limitMs: 20_000 })
  await writeTrade(2)
  await app.waitForOutput(/"tradeId":"2"/, { limitMs: 20_000 })
  expect(await app.kill('SIGINT')).toEqual({ code: 0, signal: null })
  const types = app
    .output()
    .stdout.trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(types).toContainEqual({ type: 'start', ...market, channel: 'trade', epoch: 3 })
})

test('lists the markets and watches all of them', async () => {
  const list = cli(['markets'])
  expect(await list.exited).toEqual({ code: 0, signal: null })
  expect(list.output().stdout).toMatch(/^market +state +last price/)
  expect(list.output().stdout).toContain(`${marketId(market)}`)
  const watch = cli(['markets', 'watch'])
  await watch.waitForOutput(new RegExp(`${marketId(market)} released \\d\\.5`), { limitMs: 20_000 })
  expect(await watch.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

test.each([
  [
    ['markets', 'watch', 'BTC/USDT'],
    {},
    'expected a venue and a symbol such as binance:BTC/USDT, was BTC/USDT',
  ],
  [
    ['markets', 'watch', '--channels', 'all'],
    {},
    '--channels: expected trade, candle, ticker, book, was all',
  ],
  [['markets', 'watch'], { BOTCRIPTOFY_KEY: 'bcf_wrong' }, 'UNAUTHENTICATED'],
])('%j with %j ends with 2', async (args, env, message) => {
  const app = cli(args, { ...environment, ...env })
  expect(await app.exited).toEqual({ code: 2, signal: null })
  expect(app.output().stderr).toContain(message)
})
