import { type CandleRecord, marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import { createCandleBuilder } from '../candles/candle-builder.ts'
import { createCandleRepair } from '../candles/candle-repair.ts'
import { createPacer, type Pacer } from '@botcriptofy/runtime/connection'
import { createSilenceWatch } from '../trades/silence-watch.ts'
import { createTradeRepair } from '../trades/trade-repair.ts'
import type { Publisher } from '../tape/publisher.ts'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import type { MarketNames, TradeRange, Venue, VenueRest } from '@botcriptofy/venues/frame'
import { createFeed, type Feed } from './feed.ts'
import type { FrameRecorder } from '../recording/frame-recorder.ts'
import type { FeedConnection } from './subscribe.ts'

export const TIMEFRAME = '1m'
const TIMEFRAME_MS = 60_000

export interface TradeFeedOptions {
  readonly venue: Venue
  readonly webSocketUrl: string
  readonly rest: VenueRest
  readonly names: MarketNames
  /** Dials to the venue take turns. */
  readonly dials: Pacer
  readonly publisher: Publisher
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly recorder?: FrameRecorder | undefined
  readonly signal: AbortSignal
}

export interface TradeFeed extends Pick<Feed, 'isUp' | 'close'> {
  readonly follow: (markets: readonly MarketName[]) => void
  readonly unfollow: (markets: readonly MarketName[]) => void
  /** What the venue sends of the market arrives. */
  readonly isSubscribed: (market: MarketName) => boolean
}

interface Followed {
  readonly market: MarketName
  readonly streams: readonly string[]
  connection: FeedConnection | undefined
}

/** Trades, tickers and candles of a venue's markets. */
export const createTradeFeed = (open: TradeFeedOptions): TradeFeed => {
  const { venue, publisher, names, metrics, log } = open
  const { onTrade, onCandle, onHole, forget, ...clock } = candlesOf(open)
  const followed = new Map<string, Followed>()
  const of = (streams: ReadonlySet<string>) =>
    [...followed.values()].filter((one) => streams.has(one.streams[0] ?? ''))
  const repair = createTradeRepair({ ...tradesOf(open), publish: onTrade, onHole })
  const silence = createSilenceWatch({
    ...lastTradesOf(open),
    onMissed: (trade) => repair.take(trade, Date.now()),
    onSilent: (market) => {
      log.warn({ market: marketId(market) }, 'the market is traded and silent; connecting anew')
      metrics.silences.inc({ market: marketId(market) })
      followed.get(marketId(market))?.connection?.reconnect('market silent')
    },
  })
  const feed = createFeed({
    ...open,
    ...clock,
    protocol: venue.protocol,
    random: Math.random,
    onSubscribed: (streams, connection) => {
      for (const one of of(new Set(streams))) {
        one.connection = connection
        silence.begin(one.market)
      }
    },
    onInterrupted: (_reason, connection) => {
      for (const { market } of of(connection.streams)) {
        silence.forget(market)
        onHole(market)
      }
    },
    onRecord: (record) => {
      // The last frames of a market come after it is released.
      if (!publisher.isOpen(record)) return
      if (record.type === 'trade') {
        silence.heard(record)
        repair.take(record, Date.now())
      }
      if (record.type === 'candle') onCandle(record, Date.now())
      if (record.type === 'ticker') publisher.setTicker(record)
    },
  })
  const list = (market: MarketName) => {
    const streams = venue.protocol.streamsOf(names.toNative(market.symbol) ?? market.symbol)
    followed.set(marketId(market), { market, streams, connection: undefined })
    return streams
  }
  return {
    isUp: feed.isUp,
    isSubscribed: (market) =>
      followed.get(marketId(market))?.streams.every((stream) => feed.isSubscribed(stream)) === true,
    follow: (markets) => feed.add(markets.map(list)),
    unfollow: (markets) => {
      for (const market of markets) {
        silence.forget(market)
        repair.forget(market)
        forget(market)
        feed.remove(followed.get(marketId(market))?.streams ?? [])
        followed.delete(marketId(market))
      }
    },
    close: () => {
      silence.close()
      return feed.close()
    },
  }
}

/** Between two calls that fill holes, and between two that look for silence: half of what Binance allows an address. */
const REPAIR_SPACING_MS = 1000
const LOOK_SPACING_MS = 2000

/** How missing trades of the venue are had. */
const tradesOf = (open: TradeFeedOptions) => ({
  nativeOf: (symbol: string) => open.names.toNative(symbol),
  positionOf: (market: MarketName) => open.publisher.lastTrade(market),
  fetchTrades: (range: TradeRange) => open.rest.fetchTrades(range),
  calls: createPacer(REPAIR_SPACING_MS),
  metrics: open.metrics,
  log: open.log,
  signal: open.signal,
})

/** How the newest trades of the venue are had, and those that are published. */
const lastTradesOf = (open: TradeFeedOptions) => ({
  lastTradeId: (market: MarketName) => open.publisher.lastTrade(market).lastId,
  fetchLastTrade: ({ symbol }: MarketName) =>
    open.rest.fetchLastTrade({ symbol, native: open.names.toNative(symbol) ?? symbol }),
  calls: createPacer(LOOK_SPACING_MS),
  log: open.log,
})

/** Where the venue's trades and candles go, and whether the candles are made of the trades. */
const candlesOf = (open: TradeFeedOptions) => {
  const { publisher, rest, names } = open
  const repair = createCandleRepair({
    timeframeMs: TIMEFRAME_MS,
    nativeOf: (symbol) => names.toNative(symbol),
    lastOpenMs: (market) => publisher.lastCandleOpenMs(market),
    fetchClosedCandles: (range) => rest.fetchClosedCandles(range),
    publish: (candle, receivedMs) => {
      if (publisher.isOpen(candle)) publisher.addCandle(candle, receivedMs)
    },
    metrics: open.metrics,
    log: open.log,
    signal: open.signal,
  })
  if (open.venue.protocol.givesClosedCandles) {
    return {
      onTrade: (trade: TradeRecord, receivedMs: number) => void publisher.addTrade(trade, receivedMs),
      onCandle: (candle: CandleRecord, receivedMs: number) => repair.take(candle, receivedMs),
      onHole: () => undefined,
      forget: () => undefined,
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
    forget: (market: MarketName) => builder.forget(market),
  }
}
