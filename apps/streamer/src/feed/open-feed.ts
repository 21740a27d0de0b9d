import { type CandleRecord, marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import type { MarketNames } from '@botcriptofy/venues/frame'
import { createBookFeed } from '../books/book-feed.ts'
import { createCandleBuilder } from '../candles/candle-builder.ts'
import { createCandleRepair } from '../candles/candle-repair.ts'
import type { Publisher } from '../tape/publisher.ts'
import { createGet, type Venue, type VenueRest } from '../venues/venue.ts'
import { createFeed, type Feed } from './feed.ts'

export const TIMEFRAME = '1m'
const TIMEFRAME_MS = 60_000

export interface OpenFeedOptions {
  readonly venue: Venue
  readonly webSocketUrl: string
  readonly restUrl: string
  readonly markets: readonly MarketName[]
  /** Those of the markets whose books are followed, and how many levels of them are published. */
  readonly books: { readonly markets: readonly MarketName[]; readonly levels: number }
  readonly publisher: Publisher
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly signal: AbortSignal
  /** Repeats an action until it succeeds; undefined once the signal has aborted. */
  readonly persist: <T>(what: string, action: () => Promise<T>) => Promise<T | undefined>
}

/** What the feeds of one venue share. */
interface OpenVenue extends OpenFeedOptions {
  readonly rest: VenueRest
  readonly names: MarketNames
  /** Markets that the venue has. */
  readonly known: readonly MarketName[]
}

/** Reads the venue's markets and where our tapes end, and makes the feed; undefined when the process stops first. */
export const openFeed = async (options: OpenFeedOptions): Promise<Feed | undefined> => {
  const { venue, markets, publisher, log, signal, persist } = options
  const rest = venue.openRest(createGet(options.restUrl, signal))
  const names = await persist('reading the list of markets', () => rest.fetchMarkets())
  if (names === undefined) return undefined
  // Some venues acknowledge an unknown market like any other and stay silent about it.
  const unknown = markets.filter(({ symbol }) => names.toNative(symbol) === undefined)
  if (unknown.length > 0) log.error({ markets: unknown.map(marketId) }, 'the venue has no such markets')
  const known = markets.filter((market) => !unknown.includes(market))
  await Promise.all(known.map((market) => persist('reading a tape', () => publisher.open(market))))
  if (signal.aborted) return undefined
  const open: OpenVenue = { ...options, rest, names, known }
  const books = openBooks(open)
  return joined(books === undefined ? [openTrades(open)] : [openTrades(open), books])
}

const joined = (feeds: readonly Feed[]): Feed => ({
  start: () => feeds.forEach((feed) => feed.start()),
  isUp: () => feeds.every((feed) => feed.isUp()),
  close: async () => void (await Promise.all(feeds.map((feed) => feed.close()))),
})

/** Trades, tickers and candles. */
const openTrades = (open: OpenVenue): Feed => {
  const { venue, publisher, names, metrics, log } = open
  const { onTrade, onCandle, ...clock } = candlesOf(open)
  return createFeed({
    protocol: venue.protocol,
    webSocketUrl: open.webSocketUrl,
    names,
    streams: open.known.flatMap(({ symbol }) => venue.protocol.streamsOf(names.toNative(symbol) ?? symbol)),
    random: Math.random,
    metrics,
    log,
    ...clock,
    onRecord: (record) => {
      if (record.type === 'trade') onTrade(record, Date.now())
      else if (record.type === 'candle') onCandle(record, Date.now())
      else if (record.type === 'ticker') publisher.setTicker(record)
    },
  })
}

const openBooks = (open: OpenVenue): Feed | undefined => {
  const { venue, publisher, names, known, metrics, log } = open
  const followed = new Set(open.books.markets.map(marketId))
  const markets = known.filter((market) => followed.has(marketId(market)))
  if (markets.length === 0) return undefined
  return createBookFeed({
    protocol: venue.protocol,
    webSocketUrl: open.webSocketUrl,
    names,
    random: Math.random,
    metrics,
    log,
    markets,
    levels: open.books.levels,
    fetchBook: open.rest.fetchBook,
    publish: (market, event) => publisher.addBook(market, event),
  })
}

/** Where the venue's trades and candles go, and whether the candles are made of the trades. */
const candlesOf = (open: OpenVenue) => {
  const { publisher, rest, names } = open
  const repair = createCandleRepair({
    timeframeMs: TIMEFRAME_MS,
    nativeOf: (symbol) => names.toNative(symbol),
    lastOpenMs: (market) => publisher.lastCandleOpenMs(market),
    fetchClosedCandles: (range) => rest.fetchClosedCandles(range),
    publish: (candle, receivedMs) => publisher.addCandle(candle, receivedMs),
    metrics: open.metrics,
    log: open.log,
    signal: open.signal,
  })
  if (open.venue.protocol.givesClosedCandles) {
    return {
      onTrade: (trade: TradeRecord, receivedMs: number) => void publisher.addTrade(trade, receivedMs),
      onCandle: (candle: CandleRecord, receivedMs: number) => repair.take(candle, receivedMs),
      onInterrupted: () => undefined,
    }
  }
  const builder = createCandleBuilder({ publish: (candle) => repair.take(candle, Date.now()) })
  return {
    onTrade: (trade: TradeRecord, receivedMs: number) => {
      const step = publisher.addTrade(trade, receivedMs)
      if (step !== 'duplicate') builder.take(trade, step === 'next')
    },
    // The venue's own bars are of other lengths.
    onCandle: () => undefined,
    onTime: (exchangeTimeMs: number) => builder.advance(exchangeTimeMs),
    onInterrupted: () => builder.suspend(),
  }
}
