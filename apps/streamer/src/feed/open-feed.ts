import { type CandleRecord, marketId, type MarketName, type TradeRecord } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import { createCandleBuilder } from '../candles/candle-builder.ts'
import { createCandleRepair } from '../candles/candle-repair.ts'
import type { Publisher } from '../tape/publisher.ts'
import { createGet, type Venue } from '../venues/venue.ts'
import { createFeed, type Feed } from './feed.ts'

export const TIMEFRAME = '1m'
const TIMEFRAME_MS = 60_000

export interface OpenFeedOptions {
  readonly venue: Venue
  readonly webSocketUrl: string
  readonly restUrl: string
  readonly markets: readonly MarketName[]
  readonly publisher: Publisher
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly signal: AbortSignal
  /** Repeats an action until it succeeds; undefined once the signal has aborted. */
  readonly persist: <T>(what: string, action: () => Promise<T>) => Promise<T | undefined>
}

/** Reads the venue's markets and where our tapes end, and makes the feed; undefined when the process stops first. */
export const openFeed = async (options: OpenFeedOptions): Promise<Feed | undefined> => {
  const { venue, markets, publisher, metrics, log, signal, persist } = options
  const rest = venue.openRest(createGet(options.restUrl, signal))
  const names = await persist('reading the list of markets', () => rest.fetchMarkets())
  if (names === undefined) return undefined
  // Some venues acknowledge an unknown market like any other and stay silent about it.
  const unknown = markets.filter(({ symbol }) => names.toNative(symbol) === undefined)
  if (unknown.length > 0) log.error({ markets: unknown.map(marketId) }, 'the venue has no such markets')
  const known = markets.filter((market) => !unknown.includes(market))
  await Promise.all(known.map((market) => persist('reading a tape', () => publisher.open(market))))
  if (signal.aborted) return undefined
  const repair = createCandleRepair({
    timeframeMs: TIMEFRAME_MS,
    nativeOf: (symbol) => names.toNative(symbol),
    lastOpenMs: (market) => publisher.lastCandleOpenMs(market),
    fetchClosedCandles: (range) => rest.fetchClosedCandles(range),
    publish: (candle, receivedMs) => publisher.addCandle(candle, receivedMs),
    metrics,
    log,
    signal,
  })
  return createFeed({
    protocol: venue.protocol,
    webSocketUrl: options.webSocketUrl,
    names,
    natives: known.flatMap(({ symbol }) => names.toNative(symbol) ?? []),
    random: Math.random,
    metrics,
    log,
    ...candlesOf(venue, { publisher, onCandle: (candle, receivedMs) => repair.take(candle, receivedMs) }),
  })
}

interface Sinks {
  readonly publisher: Publisher
  readonly onCandle: (candle: CandleRecord, receivedMs: number) => void
}

/** Where the venue's trades and candles go, and whether the candles are made of the trades. */
const candlesOf = ({ protocol }: Venue, { publisher, onCandle }: Sinks) => {
  if (protocol.givesClosedCandles) {
    const onTrade = (trade: TradeRecord, receivedMs: number) => void publisher.addTrade(trade, receivedMs)
    return { onTrade, onCandle, onTime: () => undefined, onInterrupted: () => undefined }
  }
  const builder = createCandleBuilder({ publish: (candle) => onCandle(candle, Date.now()) })
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
