import {
  type BookEvent,
  marketHealth,
  marketHealthKey,
  type MarketName,
  marketStateOf,
  type TradeRecord,
} from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { createRedis } from '@botcriptofy/runtime/redis'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MarketHealth } from './market-health.ts'

const redis = createRedis(await testRedisUrl(), 'command')
const market: MarketName = { venue: 'binance', symbol: 'HEALTH/USDT' }
const NOW_MS = 1_800_000_000_000
let isSubscribed = true
let isWritten = true
let health: MarketHealth

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: NOW_MS })
  isSubscribed = isWritten = true
  health = new MarketHealth({
    redis,
    sources: new Map([['binance', { kind: 'simulator', host: '127.0.0.1:1' }]]),
    isSubscribed: () => isSubscribed,
    metrics: streamMetrics(createMetrics('test')),
    isWritten: () => isWritten,
    log: createLog({ name: 'test', level: 'silent' }),
  })
  health.begin(market)
})
afterEach(async () => {
  vi.useRealTimers()
  await health.close()
})
afterAll(() => redis.disconnect())

const stored = async () => {
  const fields = await redis.hgetall(marketHealthKey(market))
  return Object.keys(fields).length === 0 ? undefined : marketHealth.parse(fields)
}
/** Lets seconds pass, and gives what was written in the last of them. */
const afterSeconds = async (seconds: number) => {
  for (let second = 0; second < seconds; second += 1) {
    vi.advanceTimersByTime(1000)
    const writtenMs = Date.now()
    await waitFor(async () => (await stored())?.writtenMs === writtenMs, { describe: 'a write', everyMs: 2 })
  }
  return stored()
}
const trade = (id: number, lagMs = 40): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: Date.now() - lagMs,
  tradeId: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
})
const gap = (type: 'gap_open' | 'gap_closed', reason = 'silent'): BookEvent => ({
  type,
  ...market,
  reason,
  atMs: Date.now(),
})

describe('the health of a market', () => {
  it('counts messages over the last ten seconds, and tells the lag of the newest', async () => {
    for (let id = 1; id <= 30; id++) health.trade(trade(id, id), { kind: 'next' }, Date.now())
    expect(await afterSeconds(1)).toMatchObject({ messagesPerSecond: 30, lagMs: 30, heardMs: NOW_MS })
    health.heard(market, null, Date.now())
    expect(await afterSeconds(2)).toMatchObject({
      messagesPerSecond: 10.3,
      lagMs: 30,
      heardMs: NOW_MS + 1000,
    })
    expect(await afterSeconds(10)).toMatchObject({ messagesPerSecond: 0 })
  })

  it('counts gaps, missing trades, duplicates, resyncs and checksum failures', async () => {
    health.trade(trade(9), { kind: 'gap', fromId: 3, toId: 8 }, Date.now())
    health.trade(trade(9), { kind: 'duplicate' }, Date.now())
    health.duplicate(market)
    health.book(market, gap('gap_closed'), Date.now())
    health.book(market, gap('gap_open', 'the checksum does not agree'), Date.now())
    expect(await afterSeconds(1)).toMatchObject({
      gaps: 1,
      missingTrades: 6,
      duplicates: 2,
      resyncs: 0,
      checksumFailures: 1,
      bookGap: true,
      missedMs: NOW_MS,
    })
    health.book(market, gap('gap_closed'), Date.now())
    expect(await afterSeconds(1)).toMatchObject({ resyncs: 1, bookGap: false })
  })

  it('gives no lag against a clock of another year', async () => {
    health.heard(market, NOW_MS - 400 * 86_400_000, Date.now())
    expect(await afterSeconds(1)).toMatchObject({ lagMs: null, heardMs: NOW_MS })
  })

  it('is gone when the market is followed no longer', async () => {
    await afterSeconds(1)
    health.end(market)
    await waitFor(async () => (await stored()) === undefined, { describe: 'no health', everyMs: 2 })
    expect(marketStateOf(await stored(), Date.now())).toBe('released')
  })

  it('is another’s to tell while another writes the market', async () => {
    await afterSeconds(1)
    const told = await stored()
    isWritten = false
    health.heard(market, null, Date.now())
    vi.advanceTimersByTime(3000)
    health.end(market)
    await health.close()
    expect(await stored()).toEqual(told)
    await redis.unlink(marketHealthKey(market))
  })

  it('says live, quiet, gap and stale', async () => {
    const state = async (seconds: number) => marketStateOf(await afterSeconds(seconds), Date.now())
    expect(await state(1)).toBe('quiet')
    health.heard(market, null, Date.now())
    expect(await state(1)).toBe('live')
    expect(await state(10)).toBe('quiet')
    health.trade(trade(9), { kind: 'gap', fromId: 3, toId: 8 }, Date.now())
    expect(await state(1)).toBe('gap')
    health.book(market, gap('gap_open'), Date.now())
    expect(marketStateOf(await afterSeconds(1), Date.now() + 4000)).toBe('gap')
    isSubscribed = false
    expect(await state(1)).toBe('stale')
    isSubscribed = true
    expect(marketStateOf(await afterSeconds(1), Date.now() + 5001)).toBe('stale')
  })
})
