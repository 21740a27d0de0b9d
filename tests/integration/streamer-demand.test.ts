import {
  decodeTrades,
  marketId,
  type MarketName,
  tradeTapeKey,
  type Want,
} from '@botcriptofy/contracts/stream'
import { readRefusal, release, want } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test, vi } from 'vitest'
import { openStreamers, simulate } from './streamer.fixture.ts'
import { listenIn } from './wire.fixture.ts'

vi.setConfig({ testTimeout: 60_000 })
const { redis, newMarket, startStreamer } = await openStreamers()

const tradesOf = async (market: MarketName) =>
  (await redis.xrange(tradeTapeKey(market), '-', '+')).flatMap(([, fields]) =>
    decodeTrades(market, fields[1] ?? ''),
  )

test('streams a market once for all who want it, and lets it go after the last one left or died', async () => {
  const market = newMarket()
  const simulator = await simulate(market)
  const wire = await listenIn(simulator.webSocketUrl)
  const streamer = await startStreamer(market, simulator, {
    STREAM_SYMBOLS: 'none',
    STREAM_LINGER_SECONDS: '1',
    BINANCE_WS_URL: wire.url,
  })
  const wanted: Want = { channel: 'market', market }
  const subscribers = Array.from({ length: 50 }, (_, at) => `subscriber ${at}`)
  await waitFor(() => streamer.isReady(), { describe: 'a streamer that looked' })
  expect(wire.connections()).toBe(0)

  await Promise.all(subscribers.map((subscriber) => want(redis, subscriber, { wants: [wanted] })))
  await waitFor(async () => (await tradesOf(market)).length > 100, { describe: 'trades' })
  await waitFor(async () => (await streamer.metric('subscribers')) === 50, { describe: 'subscribers' })
  const native = market.symbol.replace('/', '').toLowerCase()
  expect(wire.asked('SUBSCRIBE')).toEqual(['trade', 'kline_1m', 'ticker'].map((name) => `${native}@${name}`))

  // One stays, and tells nobody that it dies.
  const deadMs = 2500
  const wantedMs = performance.now()
  await want(redis, 'the dead', { wants: [wanted], ttlMs: deadMs })
  await Promise.all(subscribers.map((subscriber) => release(redis, subscriber, [wanted])))
  await waitFor(() => wire.connections() === 0, { describe: 'the end of the connection' })
  expect(performance.now() - wantedMs).toBeGreaterThan(deadMs)
  expect(await streamer.metric('wanted')).toBe(0)

  const last = Number((await tradesOf(market)).at(-1)?.tradeId)
  await want(redis, 'another', { wants: [wanted] })
  await waitFor(async () => Number((await tradesOf(market)).at(-1)?.tradeId) > last, {
    describe: 'new trades',
  })
  const ids = (await tradesOf(market)).map(({ tradeId }) => Number(tradeId))
  expect(new Set(ids).size).toBe(ids.length)
})

test('says once that a venue does not have a market that is wanted, and to readers as long as it is', async () => {
  const market = newMarket()
  const simulator = await simulate(market)
  const unknown = newMarket()
  const streamer = await startStreamer(market, simulator)
  const wants: readonly Want[] = [
    { channel: 'market', market: unknown },
    { channel: 'market', market: { venue: 'nowhere', symbol: 'A/B' } },
  ]
  await want(redis, 'somebody', { wants })
  for (const wanted of wants) {
    await waitFor(() => readRefusal(redis, wanted.market), { describe: 'a refusal' })
    const told = streamer.app.output().stdout.split(`"market":"${marketId(wanted.market)}"`).length - 1
    expect(told).toBe(1)
  }
  // The market that it has is streamed all the same.
  await waitFor(async () => (await tradesOf(market)).length > 10, { describe: 'trades' })
  expect(await readRefusal(redis, market)).toBeUndefined()
})
