import { marketId } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import { binanceProfile } from '@botcriptofy/venues/binance'
import type { StreamerConfig } from '../config.ts'
import type { Publisher } from '../tape/publisher.ts'
import { createCandleRepair } from './candle-repair.ts'
import { createBinanceFeed, type Feed } from './feed.ts'
import { createBinanceRest } from './rest.ts'

export const TIMEFRAME = '1m'
const TIMEFRAME_MS = 60_000

export interface OpenFeedOptions {
  readonly config: StreamerConfig
  readonly publisher: Publisher
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly signal: AbortSignal
  /** Repeats an action until it succeeds; undefined once the signal has aborted. */
  readonly persist: <T>(what: string, action: () => Promise<T>) => Promise<T | undefined>
}

/** Reads the venue's markets and where our tapes end, and makes the feed; undefined when the process stops first. */
export const openFeed = async (options: OpenFeedOptions): Promise<Feed | undefined> => {
  const { config, publisher, metrics, log, signal, persist } = options
  const rest = createBinanceRest(config.BINANCE_REST_URL, signal)
  const symbols = await persist('reading the list of markets', () => rest.fetchSymbols())
  if (symbols === undefined) return undefined
  // The venue acknowledges an unknown market like any other and stays silent about it.
  const unknown = config.STREAM_SYMBOLS.filter(({ symbol }) => symbols.toNative(symbol) === undefined)
  if (unknown.length > 0) log.error({ markets: unknown.map(marketId) }, 'the venue has no such markets')
  const known = config.STREAM_SYMBOLS.filter((market) => !unknown.includes(market))
  await Promise.all(known.map((market) => persist('reading a tape', () => publisher.open(market))))
  if (signal.aborted) return undefined
  const candles = createCandleRepair({
    timeframe: TIMEFRAME,
    timeframeMs: TIMEFRAME_MS,
    nativeOf: (symbol) => symbols.toNative(symbol),
    lastOpenMs: (market) => publisher.lastCandleOpenMs(market),
    fetchClosedCandles: (range) => rest.fetchClosedCandles(range),
    publish: (candle, receivedMs) => publisher.addCandle(candle, receivedMs),
    metrics,
    log,
    signal,
  })
  return createBinanceFeed({
    webSocketUrl: config.BINANCE_WS_URL,
    symbols,
    natives: known.flatMap(({ symbol }) => symbols.toNative(symbol) ?? []),
    timeframe: TIMEFRAME,
    rules: binanceProfile,
    random: Math.random,
    metrics,
    log,
    onTrade: (trade, receivedMs) => publisher.addTrade(trade, receivedMs),
    onCandle: (candle, receivedMs) => candles.take(candle, receivedMs),
  })
}
