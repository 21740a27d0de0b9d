import type { TapeChannel, TapeEvent } from '@botcriptofy/contracts/stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Delivery } from './tape-reader-delivery.ts'

const market = { venue: 'binance', symbol: 'BTC/USDT' }
const trade = (id: number): TapeEvent => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: id,
  tradeId: String(id),
  price: '1',
  amount: '1',
  side: 'buy',
})
const book = (id: number): TapeEvent => ({
  type: 'book_snapshot',
  ...market,
  exchangeTimeMs: id,
  bids: [],
  asks: [],
  firstUpdateId: id,
  lastUpdateId: id,
})
const notice = (type: 'gap_open' | 'gap_closed'): TapeEvent => ({ type, ...market, reason: 'test', atMs: 0 })
const missing = (fromId: string, toId: string): TapeEvent => ({
  type: 'missing',
  ...market,
  channel: 'trade',
  fromId,
  toId,
})
const start = (epoch: number): TapeEvent => ({ type: 'start', ...market, channel: 'trade', epoch })
const interruption = (type: 'interrupted' | 'resumed'): TapeEvent =>
  type === 'resumed'
    ? { type, ...market, channel: 'book', atMs: 0 }
    : { type, ...market, channel: 'book', atMs: 0, reason: 'away' }

/** An event in short. */
const shown = (event: TapeEvent): string => {
  if (event.type === 'trade') return event.tradeId
  if (event.type === 'book_snapshot') return `book ${event.lastUpdateId}`
  if (event.type === 'lag') return `lag ${event.fromId}-${event.toId} (${event.records})`
  if (event.type === 'missing') return `missing ${event.fromId}-${event.toId}`
  return event.type === 'start' ? `start ${event.epoch}` : event.type
}

/** A consumer that takes one event for every `step`, and the first at once. */
const deliver = (channel: TapeChannel, inboxSize: number) => {
  const got: TapeEvent[] = []
  let proceed: (() => void) | undefined
  let lagged = 0
  const delivery = new Delivery({
    channels: [channel],
    inboxSize,
    onError: () => undefined,
    onLag: (records) => (lagged += records),
    consumer: (event) => {
      got.push(event)
      return new Promise((resolve) => (proceed = resolve))
    },
  })
  const step = async () => {
    proceed?.()
    proceed = undefined
    // The delivery goes on in turns of the queue of promises.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const put = (event: TapeEvent) => delivery.put(channel, event)
  const rest = async () => {
    for (let count = -1; count !== got.length;) {
      count = got.length
      await step()
    }
    return got.map(shown)
  }
  return { got, put, step, rest, delivery, lagged: () => lagged }
}

describe('a consumer that is slow', () => {
  it('is given each trade once and in order, or a lag over exactly those that it is not given', async () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: 9 }).map((count) => ({ kind: 'trades' as const, count })) },
      { weight: 2, arbitrary: fc.nat({ max: 6 }).map((count) => ({ kind: 'steps' as const, count })) },
    )
    const sizes = fc.integer({ min: 1, max: 8 })
    const check = fc.asyncProperty(fc.array(action, { maxLength: 30 }), sizes, async (actions, size) => {
      const { got, put, step, rest } = deliver('trade', size)
      let id = 0
      for (const { kind, count } of actions) {
        for (let k = 0; k < count; k++) {
          if (kind === 'trades') put(trade(++id))
          else await step()
        }
      }
      await rest()
      let next = 1
      for (const event of got) {
        const [from, to] = event.type === 'lag' ? [event.fromId, event.toId] : [shown(event), shown(event)]
        expect(Number(from)).toBe(next)
        if (event.type === 'lag') expect(event.records).toBe(Number(to) - Number(from) + 1)
        next = Number(to) + 1
      }
      expect(next).toBe(id + 1)
    })
    await fc.assert(check, { seed: 5, numRuns: 150 })
  })

  it('goes on from the newest trade, and is told one lag however often there was no room', async () => {
    const { put, rest, lagged } = deliver('trade', 3)
    for (let id = 1; id <= 12; id++) put(trade(id))
    expect(await rest()).toEqual(['1', 'lag 2-10 (9)', '11', '12'])
    expect(lagged()).toBe(9)
  })

  it('finds what is missing anyway inside its lag, not counted', async () => {
    const { put, rest } = deliver('trade', 3)
    for (const event of [trade(1), trade(2), missing('3', '6'), trade(7), trade(8)]) put(event)
    expect(await rest()).toEqual(['1', 'lag 2-7 (2)', '8'])
  })

  it('is told what it lost of the epoch before, and nothing of one that came and went unheard', async () => {
    const { put, rest } = deliver('trade', 9)
    for (const event of [trade(5), trade(6), start(2), trade(1), start(3), trade(2)]) put(event)
    expect(await rest()).toEqual(['5', 'lag 6-6 (1)', 'start 3', '2'])
  })

  it('is given the newest book, and the gap before it', async () => {
    const { put, rest } = deliver('book', 1)
    for (const event of [book(1), book(2), notice('gap_open'), notice('gap_closed'), book(3), book(4)])
      put(event)
    expect(await rest()).toEqual(['book 1', 'gap_open', 'gap_closed', 'book 4'])
  })

  it('is told gaps that follow each other as one, and no book from within', async () => {
    const { put, rest } = deliver('book', 1)
    const gaps = [notice('gap_open'), notice('gap_closed'), book(2), notice('gap_open')]
    for (const event of [book(1), ...gaps]) put(event)
    expect(await rest()).toEqual(['book 1', 'gap_open'])
  })

  it('has few notices waiting, however often the connection comes and goes', async () => {
    const { put, rest } = deliver('book', 1)
    put(book(1))
    for (let k = 0; k < 50; k++) {
      put(interruption('interrupted'))
      put(interruption('resumed'))
      put(book(k + 2))
    }
    expect(await rest()).toEqual(['book 1', 'interrupted', 'resumed', 'book 51'])
  })
})

describe('a consumer', () => {
  it('that takes events at once gets all of them', () => {
    const got: string[] = []
    const delivery = new Delivery({
      channels: ['trade'],
      inboxSize: 1,
      onError: () => undefined,
      onLag: () => undefined,
      consumer: (event) => void got.push(shown(event)),
    })
    for (let id = 1; id <= 5; id++) delivery.put('trade', trade(id))
    expect(got).toEqual(['1', '2', '3', '4', '5'])
  })

  it.each(['throws', 'rejects'])('that %s misses that event and is given the next', async (how) => {
    const [got, errors]: [string[], unknown[]] = [[], []]
    const delivery = new Delivery({
      channels: ['trade'],
      inboxSize: 9,
      onError: (error) => errors.push(error),
      onLag: () => undefined,
      consumer: (event) => {
        got.push(shown(event))
        const failure = new Error('broken')
        if (how === 'throws') throw failure
        return Promise.reject(failure)
      },
    })
    for (let id = 1; id <= 3; id++) delivery.put('trade', trade(id))
    await new Promise((resolve) => setImmediate(resolve))
    expect(got).toEqual(['1', '2', '3'])
    expect(errors).toEqual(Array.from({ length: 3 }, () => new Error('broken')))
  })

  it('that has left is given nothing any more, also of what waited', async () => {
    const { put, rest, delivery } = deliver('trade', 9)
    for (let id = 1; id <= 3; id++) put(trade(id))
    delivery.close()
    expect(await rest()).toEqual(['1'])
  })
})
