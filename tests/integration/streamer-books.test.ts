import {
  type BookEvent,
  bookTapeKey,
  decodeBookEvents,
  decodeTicker,
  lastBookKey,
  lastTickerKey,
  marketId,
  type MarketName,
  type ProvenBook,
  TAPE_FIELD,
  tickerTapeKey,
} from '@botcriptofy/contracts/stream'
import { waitFor } from '@botcriptofy/testkit/wait'
import { expect, test, vi } from 'vitest'
import type { RunningSimulator } from './simulator.fixture.ts'
import { openStreamers, simulate } from './streamer.fixture.ts'

// Every test starts processes, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })
const { redis, newMarket, startStreamer } = await openStreamers()

const LEVELS = 10

const eventsOf = async (market: MarketName): Promise<readonly BookEvent[]> =>
  (await redis.xrange(bookTapeKey(market), '-', '+')).flatMap(([, [, value = '']]) => decodeBookEvents(value))
const isBook = (event: BookEvent): event is ProvenBook => event.type === 'book_snapshot'
const booksOf = async (market: MarketName) => (await eventsOf(market)).filter(isBook)
const waitForBooks = (market: MarketName, count: number) =>
  waitFor(async () => (await booksOf(market)).length >= count, {
    describe: `${count} books`,
    limitMs: 20_000,
  })

/** The book that the simulator had at the time of one that was stored. */
const truthOf = async (simulator: RunningSimulator, { exchangeTimeMs }: ProvenBook) => {
  const answer = await fetch(`${simulator.url}/simulator/book?timeMs=${exchangeTimeMs}`)
  const { version, bids, asks }: { version: number; bids: string[][]; asks: string[][] } = JSON.parse(
    await answer.text(),
  )
  return { version, bids: bids.slice(0, LEVELS), asks: asks.slice(0, LEVELS) }
}

const numbers = (levels: readonly (readonly string[])[]) => levels.map((level) => level.map(Number))

/** Every stored book is the exchange's, and books stand only where no gap is open. */
const expectTrue = async (market: MarketName, simulator: RunningSimulator) => {
  const events = await eventsOf(market)
  let isOpen = true
  for (const event of events) {
    if (event.type === 'gap_open') expect(isOpen).toBe(false)
    if (event.type === 'gap_closed') expect(isOpen).toBe(true)
    if (event.type !== 'book_snapshot') isOpen = event.type === 'gap_open'
    else expect(isOpen).toBe(false)
  }
  const books = events.filter(isBook).filter(({ exchangeTimeMs }) => exchangeTimeMs !== null)
  expect(books.length).toBeGreaterThan(10)
  const step = Math.max(1, Math.floor(books.length / 60))
  for (const book of books.filter((_, at) => at % step === 0 || at === books.length - 1)) {
    const truth = await truthOf(simulator, book)
    expect(numbers(book.bids)).toEqual(numbers(truth.bids))
    expect(numbers(book.asks)).toEqual(numbers(truth.asks))
    if (book.lastUpdateId !== null) expect(book.lastUpdateId).toBe(truth.version)
  }
}

const follow = async (venue: string) => {
  const market = newMarket(venue)
  const simulator = await simulate(market, { SIMULATOR_SPEED: '60' })
  const streamer = await startStreamer(market, simulator, {
    STREAM_BOOK_SYMBOLS: marketId(market),
    TAPE_BOOK_LEVELS: String(LEVELS),
  })
  return { market, simulator, streamer }
}

test.each(['binance', 'coinbase', 'kraken'])(
  'stores the books and tickers of %s as the exchange has them, also through a broken connection',
  async (venue) => {
    const { market, simulator, streamer } = await follow(venue)
    await waitForBooks(market, 15)
    await simulator.command('drop-connections')
    await waitFor(async () => (await streamer.metric('book_gaps_total')) > 0, { describe: 'a gap' })
    await waitForBooks(market, (await booksOf(market)).length + 10)
    await expectTrue(market, simulator)

    await waitFor(() => redis.exists(lastTickerKey(market)), { describe: 'a ticker' })
    const [, newest = ''] = (await redis.xrevrange(tickerTapeKey(market), '+', '-', 'COUNT', 1))[0]?.[1] ?? []
    const ticker = decodeTicker(newest)
    expect(ticker).toMatchObject({ type: 'ticker', ...market })
    expect(Number(ticker.bid)).toBeLessThan(Number(ticker.ask))
    expect(Number(ticker.low)).toBeLessThanOrEqual(Number(ticker.last))

    const [book] = decodeBookEvents((await redis.hget(lastBookKey(market), TAPE_FIELD)) ?? '')
    expect(book).toMatchObject({ type: 'book_snapshot', ...market })
    await streamer.app.kill('SIGTERM')
    // Nobody vouches for the book any more.
    expect((await eventsOf(market)).at(-1)?.type).toBe('gap_open')
    expect(await redis.exists(lastBookKey(market))).toBe(0)
  },
)

/** By the name of the stream, and what is wrong with its next frames. */
test.each([
  ['binance', 'depth', ['drop', 'reorder']],
  ['coinbase', 'level2', ['drop', 'duplicate', 'reorder']],
  ['kraken', 'book', ['drop', 'reorder', 'corrupt']],
] as const)(
  'notices every fault of the books of %s, heals, and stores none that is wrong',
  async (venue, stream, faults) => {
    const { market, simulator, streamer } = await follow(venue)
    await waitForBooks(market, 5)
    for (const fault of faults) {
      const gaps = await streamer.metric('book_gaps_total')
      // Ordered until it shows: a change that the next one undoes leaves the book right, and a connection may be between two.
      const isNoticed = async () => {
        await simulator.fault({ venue, stream, fault })
        return (await streamer.metric('book_gaps_total')) > gaps
      }
      await waitFor(isNoticed, { describe: `the gap of ${fault}`, everyMs: 500, limitMs: 30_000 })
      await waitFor(async () => (await eventsOf(market)).at(-1)?.type === 'book_snapshot', {
        describe: `a book after ${fault}`,
        limitMs: 20_000,
      })
    }
    if (venue !== 'coinbase') await simulator.fault({ venue, stream, fault: 'duplicate', times: 3 })
    await waitForBooks(market, (await booksOf(market)).length + 15)
    await expectTrue(market, simulator)
  },
)

test('refuses a fault that it does not know', async () => {
  const simulator = await simulate(newMarket())
  await expect(simulator.fault({ venue: 'binance', stream: 'depth', fault: 'eat' })).rejects.toThrow(
    'was 400',
  )
})
