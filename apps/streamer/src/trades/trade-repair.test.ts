import type { TradeRecord } from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { streamMetrics } from '@botcriptofy/runtime/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer } from '@botcriptofy/runtime/connection'
import type { TradeRange } from '@botcriptofy/venues/frame'
import { createTradeRepair } from './trade-repair.ts'

const market = { venue: 'binance', symbol: 'BTC/USDT' }
const trade = (id: number, timeMs = 1_000_000 + id): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: timeMs,
  tradeId: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
})
const trades = (fromId: number, toId: number) =>
  Array.from({ length: toId - fromId + 1 }, (_, at) => trade(fromId + at))

const until = (isDone: () => boolean) => waitFor(isDone, { describe: 'the trades' })

type Answer = (range: TradeRange) => Promise<readonly TradeRecord[]>

const startRepair = (lastId: number | undefined, answer: Answer, holdLimitMs?: number) => {
  const published: number[] = []
  const asked: TradeRange[] = []
  const stopped = new AbortController()
  let last = lastId === undefined ? undefined : trade(lastId)
  const repair = createTradeRepair({
    nativeOf: () => 'BTCUSDT',
    positionOf: () => ({
      lastId: last && Number(last.tradeId),
      lastTimeMs: last?.exchangeTimeMs,
      clockMs: undefined,
    }),
    fetchTrades: (range) => {
      asked.push(range)
      return answer(range)
    },
    calls: createPacer(0),
    publish: (record) => {
      published.push(Number(record.tradeId))
      last = record
    },
    onHole: () => undefined,
    metrics: streamMetrics(createMetrics('test')),
    log: createLog({ name: 'test', level: 'silent' }),
    signal: stopped.signal,
    ...(holdLimitMs === undefined ? {} : { holdLimitMs }),
  })
  const take = (...records: readonly TradeRecord[]) => records.forEach((record) => repair.take(record, 0))
  return { take, published, asked, stop: () => stopped.abort() }
}

const all: Answer = async ({ fromId, toId }) => trades(fromId, toId)
const never: Answer = () => new Promise(() => undefined)

describe('createTradeRepair', () => {
  it('passes on the first trade of all, those that follow, repetitions, and a venue that starts over', () => {
    const { take, published, asked } = startRepair(undefined, all)
    take(trade(7), trade(8), trade(8), trade(3, 9_000_000))
    expect(published).toEqual([7, 8, 8, 3])
    expect(asked).toEqual([])
  })

  it('fills a hole over REST before the trades after it', async () => {
    const { take, published, asked } = startRepair(3, all)
    take(trade(7), trade(8))
    expect(published).toEqual([])
    await until(() => published.length === 5)
    take(trade(9))
    expect(published).toEqual([4, 5, 6, 7, 8, 9])
    expect(asked).toEqual([
      { symbol: 'BTC/USDT', native: 'BTCUSDT', fromId: 4, toId: 6, fromMs: 1_000_003, toMs: 1_000_007 },
    ])
  })

  it('takes a late trade for the missing one', async () => {
    const { take, published, stop } = startRepair(3, never)
    take(trade(5), trade(6), trade(4), trade(7))
    expect(published).toEqual([4, 5, 6, 7])
    stop()
  })

  it.each<[string, Answer]>([
    ['of the oldest', async ({ fromId, toId }) => trades(fromId, Math.min(toId, fromId + 1))],
    ['of the newest', async ({ fromId, toId }) => trades(Math.max(fromId, toId - 1), toId)],
  ])('asks again where one call gives some %s', async (_name, answer) => {
    const { take, published, asked } = startRepair(3, answer)
    take(trade(10))
    await until(() => published.length === 7)
    expect(published).toEqual([4, 5, 6, 7, 8, 9, 10])
    expect(asked.length).toBe(3)
  })

  it('asks again after a failure', async () => {
    let calls = 0
    const { take, published } = startRepair(3, async (range) => {
      if ((calls += 1) === 1) throw new Error('HTTP 502')
      return all(range)
    })
    take(trade(5))
    await until(() => published.length === 2)
    expect(published).toEqual([4, 5])
  })

  it('leaves a hole that cannot be filled, with all that is known around it', async () => {
    const { take, published } = startRepair(3, async () => [trade(5)], 30)
    take(trade(9), trade(8))
    await until(() => published.length === 3)
    take(trade(10))
    expect(published).toEqual([5, 8, 9, 10])
  })

  it('does not wait for a hole that no limit would fill', () => {
    const { take, published, asked } = startRepair(3, all)
    take(trade(50_000))
    expect(published).toEqual([50_000])
    expect(asked).toEqual([])
  })

  it('leaves what waits unpublished when it stops, for the next start to find', () => {
    const { take, published, stop } = startRepair(3, never)
    take(trade(5))
    stop()
    expect(published).toEqual([])
  })

  it('publishes every trade once and in order, whatever was lost, doubled or late', async () => {
    const delivery = fc.array(fc.record({ id: fc.integer({ min: 1, max: 30 }) }), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(delivery, async (deliveries) => {
        const { take, published } = startRepair(0, all)
        for (const { id } of deliveries) take(trade(id))
        const newest = Math.max(0, ...deliveries.map(({ id }) => id))
        await until(() => Math.max(0, ...published) === newest)
        const firsts = published.filter((id, at) => published.indexOf(id) === at)
        expect(firsts).toEqual(trades(1, newest).map(({ tradeId }) => Number(tradeId)))
      }),
      { seed: 5, numRuns: 50 },
    )
  })
})
