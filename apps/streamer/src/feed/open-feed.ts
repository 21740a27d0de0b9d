import { type CandleRecord, marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import type { MarketNames } from '@botcriptofy/venues/frame'
import { createBookFeed } from '../books/book-feed.ts'
import { createCandleBuilder } from '../candles/candle-builder.ts'
import { createCandleRepair } from '../candles/candle-repair.ts'
import { createPacer } from '../connections/pacer.ts'
import type { Publisher } from '../tape/publisher.ts'
import { createSilenceWatch } from '../trades/silence-watch.ts'
import { createTradeRepair } from '../trades/trade-repair.ts'
import { createGet, type TradeRange, type Venue, type VenueRest } from '../venues/venue.ts'
import { createFeed, type Feed, type FeedConnection } from './feed.ts'

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
  const { venue, publisher, names, metrics, log, known } = open
  const { onTrade, onCandle, onHole, onInterrupted, ...clock } = candlesOf(open)
  const streamsOf = ({ symbol }: MarketName) => venue.protocol.streamsOf(names.toNative(symbol) ?? symbol)
  const marketsOf = ({ streams }: FeedConnection) =>
    known.filter((market) => streamsOf(market).some((stream) => streams.includes(stream)))
  const connections = new Map<string, FeedConnection>()
  const repair = createTradeRepair({ ...tradesOf(open), publish: onTrade, onHole })
  const silence = createSilenceWatch({
    ...lastTradesOf(open),
    onMissed: (trade) => repair.take(trade, Date.now()),
    onSilent: (market) => {
      log.warn({ market: marketId(market) }, 'the market is traded and silent; connecting anew')
      metrics.silences.inc({ market: marketId(market) })
      connections.get(marketId(market))?.reconnect('market silent')
    },
  })
  const feed = createFeed({
    protocol: venue.protocol,
    webSocketUrl: open.webSocketUrl,
    names,
    streams: known.flatMap(streamsOf),
    random: Math.random,
    metrics,
    log,
    ...clock,
    onUp: (connection) => {
      for (const market of marketsOf(connection)) {
        connections.set(marketId(market), connection)
        silence.begin(market)
      }
    },
    onInterrupted: (_reason, connection) => {
      for (const market of marketsOf(connection)) silence.forget(market)
      onInterrupted()
    },
    onRecord: (record) => {
      if (record.type === 'trade') {
        silence.heard(record)
        repair.take(record, Date.now())
      } else if (record.type === 'candle') onCandle(record, Date.now())
      else if (record.type === 'ticker') publisher.setTicker(record)
    },
  })
  return {
    ...feed,
    close: async () => {
      silence.close()
      await feed.close()
    },
  }
}

/** Between two calls that fill holes, and between two that look for silence: half of what Binance allows an address. */
const REPAIR_SPACING_MS = 1000
const LOOK_SPACING_MS = 2000

/** How missing trades of the venue are had. */
const tradesOf = ({ publisher, rest, names, metrics, log, signal }: OpenVenue) => ({
  nativeOf: (symbol: string) => names.toNative(symbol),
  positionOf: (market: MarketName) => publisher.lastTrade(market),
  fetchTrades: (range: TradeRange) => rest.fetchTrades(range),
  calls: createPacer(REPAIR_SPACING_MS),
  metrics,
  log,
  signal,
})

/** How the newest trades of the venue are had, and those that are published. */
const lastTradesOf = ({ publisher, rest, names, log }: OpenVenue) => ({
  lastTradeId: (market: MarketName) => publisher.lastTrade(market).lastId,
  fetchLastTrade: ({ symbol }: MarketName) =>
    rest.fetchLastTrade({ symbol, native: names.toNative(symbol) ?? symbol }),
  calls: createPacer(LOOK_SPACING_MS),
  log,
})

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
      onHole: () => undefined,
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
    onHole: (market: MarketName) => builder.suspend(market),
    onInterrupted: () => builder.suspend(),
  }
}
