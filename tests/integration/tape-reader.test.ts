import {
  bookTapeKey,
  type CandleRecord,
  encodeTrades,
  lastTickerKey,
  marketHealthKey,
  type MarketName,
  marketShard,
  type ProvenBook,
  refusalKey,
  STALE_AFTER_MS,
  type TapeChannel,
  type TapeEvent,
  TAPE_FIELD,
  TAPE_TIMEFRAME,
  TAPE_TIMEFRAME_MS,
  type TickerRecord,
  tickerTapeKey,
  type TradeRecord,
  tradeTapeKey,
  wantId,
} from '@botcriptofy/contracts/stream'
import { createLog } from '@botcriptofy/runtime/log'
import { createRedis } from '@botcriptofy/runtime/redis'
import {
  type Lease,
  openTapeReader,
  readDemand,
  resetTape,
  takeLease,
  type TapeBatch,
  type TapeConsumer,
  writeTape,
} from '@botcriptofy/runtime/stream'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'

const url = await ownRedisUrl()
const redis = createRedis(url, 'command')
const log = createLog({ name: 'test', level: 'silent' })
const EPOCH = 1_000
const LIMITS = {
  tradeEntries: 10_000,
  candleEntries: 100,
  gapEntries: 100,
  tickerEntries: 100,
  bookEntries: 100,
}
const BITCOIN: MarketName = { venue: 'binance', symbol: 'BTC/USDT' }

beforeEach(() => redis.flushdb())
afterAll(() => redis.disconnect())

const tradeOf = (market: MarketName, id: number): TradeRecord => ({
  type: 'trade',
  ...market,
  exchangeTimeMs: 1_700_000_000_000 + id,
  tradeId: String(id),
  price: '100',
  amount: '1',
  side: 'buy',
})
const tickerOf = (bid: number): TickerRecord => ({
  type: 'ticker',
  ...BITCOIN,
  exchangeTimeMs: null,
  last: null,
  bid: String(bid),
  bidAmount: null,
  ask: null,
  askAmount: null,
  open: null,
  high: null,
  low: null,
  volume: null,
  vwap: null,
})
const candleOf = (minute: number): CandleRecord => ({
  type: 'candle',
  ...BITCOIN,
  exchangeTimeMs: (minute + 1) * TAPE_TIMEFRAME_MS,
  timeframe: TAPE_TIMEFRAME,
  openTimeMs: minute * TAPE_TIMEFRAME_MS,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '0',
  closed: true,
})
const bookOf = (id: number): ProvenBook => ({
  type: 'book_snapshot',
  ...BITCOIN,
  exchangeTimeMs: null,
  bids: [['99', '1']],
  asks: [['101', '1']],
  firstUpdateId: id,
  lastUpdateId: id,
})
const gapOf = (type: 'gap_open' | 'gap_closed') => ({ type, ...BITCOIN, reason: 'test', atMs: 1 }) as const

const leaseOf = async (market: MarketName): Promise<Lease> => {
  const lease = await takeLease(redis, marketShard(market), { instance: 'test', ttlMs: 60_000 })
  if (lease === undefined) throw new Error('expected a free lease, was held')
  return lease
}
const write = async (batch: Partial<TapeBatch>, limits = LIMITS) => {
  const empty = { trades: [], candles: [], gaps: [], ticker: undefined, books: [], limits }
  const whole = { market: BITCOIN, epoch: EPOCH, receivedMs: Date.now(), ...empty, ...batch }
  return writeTape(redis, [{ lease: await leaseOf(whole.market), batches: [whole] }])
}
const writeTrades = (from: number, to: number, { market = BITCOIN, epoch = EPOCH } = {}) => {
  const trades = Array.from({ length: to - from + 1 }, (_, at) => tradeOf(market, from + at))
  return write({ market, epoch, trades })
}

/** An event in short. */
const shown = (event: TapeEvent): string => {
  if (event.type === 'trade') return event.tradeId
  if (event.type === 'candle') return `candle ${event.openTimeMs / TAPE_TIMEFRAME_MS}`
  if (event.type === 'ticker') return `bid ${event.bid}`
  if (event.type === 'book_snapshot') return `book ${event.lastUpdateId}`
  if (event.type === 'start') return `start ${event.epoch}`
  if (event.type === 'missing' || event.type === 'lag') return `${event.type} ${event.fromId}-${event.toId}`
  return event.type === 'interrupted' ? `interrupted: ${event.reason}` : event.type
}

const openReader = (inboxSize = 2000) => {
  const reader = openTapeReader({ redis, log, inboxSize })
  onTestFinished(() => reader.close())
  return reader
}
/** Subscribes and keeps what comes, in short. */
const follow = (channels: readonly TapeChannel[], { reader = openReader(), market = BITCOIN } = {}) => {
  const events: string[] = []
  const leave = reader.subscribe({ market, channels }, (event) => void events.push(shown(event)))
  return { events: () => events, leave, reader }
}
const SOON = { interval: 5, timeout: 10_000 }
const wanted = async () =>
  (await readDemand(redis)).map((demand) => `${wantId(demand)} ${demand.subscribers}`).toSorted()

test('begins with the newest record of each channel and goes on with all that follow', async () => {
  await writeTrades(1, 3)
  await write({ candles: [candleOf(7)], ticker: tickerOf(1) })
  await write({ books: [gapOf('gap_closed'), bookOf(5)] })
  const each = (['trade', 'candle', 'ticker', 'book'] as const).map((channel) => follow([channel]))
  const begun = ['3', 'candle 7', 'bid 1', 'book 5'].map((newest) => ['start 1000', newest])
  const all = () => each.map(({ events }) => events())
  await expect.poll(all, SOON).toEqual(begun)

  await writeTrades(4, 5)
  await write({ candles: [candleOf(8)], ticker: tickerOf(2), books: [bookOf(6), gapOf('gap_open')] })
  const later = [['4', '5'], ['candle 8'], ['bid 2'], ['book 6', 'gap_open']]
  await expect.poll(all, SOON).toEqual(begun.map((events, at) => [...events, ...(later[at] ?? [])]))
})

test('begins with the last values where the stream itself was trimmed away', async () => {
  await write({ ticker: tickerOf(4), books: [bookOf(9)] })
  await redis.del(tickerTapeKey(BITCOIN), bookTapeKey(BITCOIN))
  expect(await redis.exists(lastTickerKey(BITCOIN))).toBe(1)
  const [ticker, book] = [follow(['ticker']), follow(['book'])]
  await expect.poll(ticker.events, SOON).toEqual(['start null', 'bid 4'])
  await expect.poll(book.events, SOON).toEqual(['start null', 'book 9'])
})

test('gives a consumer that joins later the newest at once, and nobody anything twice', async () => {
  await writeTrades(1, 1)
  const first = follow(['trade'])
  await expect.poll(first.events, SOON).toEqual(['start 1000', '1'])
  await writeTrades(2, 2)
  await expect.poll(first.events, SOON).toEqual(['start 1000', '1', '2'])
  const second = follow(['trade'], { reader: first.reader })
  expect(second.events()).toEqual(['start 1000', '2'])
  await writeTrades(3, 3)
  await expect.poll(second.events, SOON).toEqual(['start 1000', '2', '3'])
  expect(first.events()).toEqual(['start 1000', '1', '2', '3'])
  first.leave()
  await writeTrades(4, 4)
  await expect.poll(second.events, SOON).toEqual(['start 1000', '2', '3', '4'])
  expect(first.events()).toHaveLength(4)
})

test('drops what it has seen and names what is missing', async () => {
  await writeTrades(1, 2)
  await write({ candles: [candleOf(1)] })
  const [trades, candles] = [follow(['trade']), follow(['candle'])]
  await expect.poll(trades.events, SOON).toEqual(['start 1000', '2'])
  await expect.poll(candles.events, SOON).toEqual(['start 1000', 'candle 1'])
  // Bundles of two writers may overlap.
  await writeTrades(2, 4)
  await writeTrades(9, 9)
  await write({ candles: [candleOf(2), candleOf(5)] })
  await expect.poll(trades.events, SOON).toEqual(['start 1000', '2', '3', '4', 'missing 5-8', '9'])
  await expect
    .poll(candles.events, SOON)
    .toEqual([
      'start 1000',
      'candle 1',
      'candle 2',
      `missing ${3 * TAPE_TIMEFRAME_MS}-${4 * TAPE_TIMEFRAME_MS}`,
      'candle 5',
    ])
})

test('tells of trades that Redis trimmed before they were read', async () => {
  await writeTrades(1, 1)
  const { events } = follow(['trade'])
  await waitFor(() => events().length === 2, { describe: 'the start' })
  // One transaction, so that the reader cannot read in between.
  const pipeline = redis.multi()
  for (let id = 2; id <= 400; id++) {
    const text = encodeTrades([tradeOf(BITCOIN, id)])
    pipeline.xadd(tradeTapeKey(BITCOIN), 'MAXLEN', 10, `${id}-0`, TAPE_FIELD, text)
  }
  await pipeline.exec()
  await waitFor(() => events().at(-1) === '400', { describe: 'the newest' })
  expect(events().slice(2, 4)).toEqual(['missing 2-390', '391'])
})

test('starts over when the tape begins anew, also where the new ids have passed the old ones', async () => {
  await writeTrades(1, 3)
  const { events } = follow(['trade'])
  await expect.poll(events, SOON).toEqual(['start 1000', '3'])
  let epoch = await resetTape(redis, BITCOIN, {
    lease: await leaseOf(BITCOIN),
    timeframe: TAPE_TIMEFRAME,
    epoch: EPOCH,
  })
  await writeTrades(1, 2, { epoch })
  const before = ['start 1000', '3', `start ${epoch}`, '1', '2']
  await expect.poll(events, SOON).toEqual([...before])
  epoch = await resetTape(redis, BITCOIN, { lease: await leaseOf(BITCOIN), timeframe: TAPE_TIMEFRAME, epoch })
  for (const id of [1, 2, 3, 4]) await writeTrades(id, id, { epoch })
  await expect.poll(events, SOON).toEqual([...before, `start ${epoch}`, '1', '2', '3', '4'])
})

test('wants each market once however many consumers it has, and releases it after the last', async () => {
  const reader = openReader()
  const one = follow(['trade', 'ticker'], { reader })
  const two = follow(['book', 'candle'], { reader })
  const [book, market] = ['book binance:BTC/USDT 1', 'market binance:BTC/USDT 1']
  await expect.poll(wanted, SOON).toEqual([book, market])
  two.leave()
  await expect.poll(wanted, SOON).toEqual([market])
  one.leave()
  one.leave()
  await expect.poll(wanted, SOON).toEqual([])
  follow(['book'], { reader })
  await expect.poll(wanted, SOON).toEqual([book])
  await reader.close()
  expect(await wanted()).toEqual([])
  expect(await redis.keys('tape-reader:*')).toEqual([])
})

test('says why a market is not streamed, for as long as it is so', async () => {
  const { events } = follow(['trade'])
  await expect.poll(events, SOON).toEqual(['start null'])
  await redis.set(refusalKey(BITCOIN), 'the venue has no such market')
  await expect.poll(events, SOON).toEqual(['start null', 'interrupted: the venue has no such market'])
  await redis.del(refusalKey(BITCOIN))
  await expect
    .poll(events, SOON)
    .toEqual(['start null', 'interrupted: the venue has no such market', 'resumed'])
})

test('says that the streamer of a market is gone, and that another has taken over', async () => {
  const writtenMs = (ageMs: number) => redis.hset(marketHealthKey(BITCOIN), 'writtenMs', Date.now() - ageMs)
  await writtenMs(0)
  const { events } = follow(['trade'])
  await expect.poll(events, SOON).toEqual(['start null'])
  await writtenMs(STALE_AFTER_MS + 1)
  await expect.poll(events, SOON).toEqual(['start null', 'interrupted: its streamer is gone'])
  await writtenMs(0)
  await expect.poll(events, SOON).toEqual(['start null', 'interrupted: its streamer is gone', 'resumed'])
})

/** Connections to this file's database that wait in a read. */
const killReads = async () => {
  const database = new URL(url).pathname.slice(1)
  const lines = String(await redis.client('LIST')).split('\n')
  for (const line of lines.filter((text) => / cmd=xread /.test(text) && text.includes(` db=${database} `))) {
    await redis.client('KILL', 'ID', /\bid=(\d+)/.exec(line)?.[1] ?? '')
  }
}

test('goes on by itself when its connection ends, says so, and loses nothing', async () => {
  await writeTrades(1, 1)
  const { events } = follow(['trade'])
  await expect.poll(events, SOON).toEqual(['start 1000', '1'])
  await waitFor(
    async () => {
      await killReads()
      return events().includes('interrupted: Redis is away')
    },
    { describe: 'an interruption', everyMs: 10 },
  )
  await writeTrades(2, 3)
  await expect
    .poll(events, SOON)
    .toEqual(['start 1000', '1', 'interrupted: Redis is away', 'resumed', '2', '3'])
})

test('says that Redis was emptied, wants again what it wanted, and goes on', async () => {
  await writeTrades(1, 1)
  const { events } = follow(['trade'])
  await expect.poll(events, SOON).toEqual(['start 1000', '1'])
  await redis.flushdb()
  const emptied = ['start 1000', '1', 'interrupted: Redis lost what it held', 'resumed']
  await expect.poll(events, SOON).toEqual([...emptied])
  expect(await wanted()).toEqual(['market binance:BTC/USDT 1'])
  await writeTrades(5, 5)
  await expect.poll(events, SOON).toEqual([...emptied, 'missing 2-4', '5'])
})

test('gives a consumer of any speed every trade once, or a lag over exactly those it did not get', async () => {
  const reader = openReader(50)
  const LAST = 3_000
  const seen: TapeEvent[][] = [0, 1, 3, 8].map((speed) => {
    const events: TapeEvent[] = []
    let turn = speed
    const consumer: TapeConsumer = (event) => {
      events.push(event)
      turn = (turn * 7 + 3) % 11
      if (turn < speed) return new Promise((resolve) => setTimeout(resolve, turn))
      return undefined
    }
    reader.subscribe({ market: BITCOIN, channels: ['trade'] }, consumer)
    return events
  })
  await waitFor(() => seen.every((events) => events.length > 0), { describe: 'the starts', everyMs: 5 })
  for (let from = 1; from <= LAST; from += 10) await writeTrades(from, from + 9)
  const isDone = (events: readonly TapeEvent[]) => {
    const last = events.at(-1)
    return last?.type === 'trade' && last.tradeId === String(LAST)
  }
  await waitFor(() => seen.every(isDone), { describe: 'the last trade', everyMs: 5, limitMs: 30_000 })
  const lags = seen.map((events) => {
    let next = 1
    let lagged = 0
    for (const event of events.slice(1)) {
      if (event.type === 'lag') {
        expect(Number(event.fromId)).toBe(next)
        next = Number(event.toId) + 1
        expect(event.records).toBe(next - Number(event.fromId))
        lagged += event.records
      } else {
        expect(shown(event)).toBe(String(next))
        next += 1
      }
    }
    return lagged
  })
  expect(lags[0]).toBe(0)
  expect(lags.at(-1)).toBeGreaterThan(0)
})

test('a thousand consumers on two hundred markets in four readers are one subscription a market', async () => {
  const markets = Array.from({ length: 200 }, (_, at): MarketName => ({
    venue: 'binance',
    symbol: `S${at}/USDT`,
  }))
  const readers = Array.from({ length: 4 }, () => openReader())
  const got = new Map<string, number>()
  let consumers = 0
  for (let at = 0; at < 1000; at += 1) {
    const market = markets[at % markets.length] ?? BITCOIN
    const name = `${at}`
    readers[at % 4]?.subscribe({ market, channels: ['trade'] }, (event) => {
      if (event.type === 'trade') got.set(name, (got.get(name) ?? 0) + 1)
    })
    consumers += 1
  }
  expect(consumers).toBe(1000)
  await waitFor(async () => (await wanted()).length === 200, { describe: 'the demand', limitMs: 15_000 })
  const connections = async () => {
    const database = new URL(url).pathname.slice(1)
    const lines = String(await redis.client('LIST')).split('\n')
    return lines.filter((text) => text.includes(` db=${database} `) && / cmd=xread /.test(text)).length
  }
  await waitFor(async () => (await connections()) === 4, { describe: 'one blocking read a reader' })
  for (const market of markets) await writeTrades(1, 5, { market })
  await waitFor(() => got.size === 1000 && [...got.values()].every((count) => count === 5), {
    describe: 'five trades at each consumer',
    limitMs: 15_000,
  })
  for (const reader of readers) await reader.close()
  expect(await wanted()).toEqual([])
})
