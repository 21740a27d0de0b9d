import {
  marketId,
  type MarketName,
  type MarketSource,
  parseMarketId,
  symbolName,
  type Want,
} from '@botcriptofy/contracts/stream'
import { baseUrl, commaList, loadConfig, logLevel, port, redisUrl } from '@botcriptofy/runtime/config'
import { z } from 'zod'
import type { TapeRetentionOptions } from './tape/tape-retention.ts'
import { sourceAt, VENUE_NAMES, type VenueName, VENUES } from '@botcriptofy/venues/catalog'

const listOfMarkets = commaList.transform((ids, context): readonly MarketName[] =>
  [...new Set(ids)].flatMap((id) => {
    // An empty variable is as good as none, and has the default.
    if (id === 'none') return []
    const market = parseMarketId(id)
    const isKnown = VENUE_NAMES.some((name) => name === market?.venue)
    if (market !== undefined && isKnown && symbolName.safeParse(market.symbol).success) return [market]
    const message = `a comma-separated list such as binance:BTC/USDT, of ${VENUE_NAMES.join(', ')}`
    context.addIssue({ code: 'custom', message })
    return []
  }),
)
/** Half of what a snapshot of Binance has, so that the book can move. */
const MOST_BOOK_LEVELS = 500
const seconds = z.coerce.number().int().min(1)
const entries = z.coerce.number().int().min(1)

const variables = z.object({
  REDIS_URL: redisUrl,
  LOG_LEVEL: logLevel,
  /** Markets to follow always, `venue:BASE/QUOTE` separated by commas, or `none`; others are while somebody wants them. */
  STREAM_SYMBOLS: z.string().default('binance:BTC/USDT').pipe(listOfMarkets),
  /** How long a market is still followed after the last one stopped wanting it. */
  STREAM_LINGER_SECONDS: z.coerce.number().min(0).default(30),
  BINANCE_WS_URL: baseUrl('ws').default(VENUES.binance.protocol.profile.webSocketUrl),
  BINANCE_REST_URL: baseUrl('http').default(VENUES.binance.protocol.profile.restUrl),
  COINBASE_WS_URL: baseUrl('ws').default(VENUES.coinbase.protocol.profile.webSocketUrl),
  COINBASE_REST_URL: baseUrl('http').default(VENUES.coinbase.protocol.profile.restUrl),
  KRAKEN_WS_URL: baseUrl('ws').default(VENUES.kraken.protocol.profile.webSocketUrl),
  KRAKEN_REST_URL: baseUrl('http').default(VENUES.kraken.protocol.profile.restUrl),
  /** Those of them whose order books are followed too. */
  STREAM_BOOK_SYMBOLS: z.string().default('').pipe(listOfMarkets),
  /** Levels of each side that a stored book has; Kraken proves ten. */
  TAPE_BOOK_LEVELS: z.coerce.number().int().min(1).max(MOST_BOOK_LEVELS).default(25),
  /** Every received frame is written to files in this folder; unset records none. */
  RECORD_DIR: z.string().min(1).optional(),
  /** How long a market's streams are kept, and how many entries at most; an entry holds what one tick brought. */
  TAPE_TRADE_SECONDS: seconds.default(900),
  TAPE_TRADE_ENTRIES: entries.default(10_000),
  TAPE_TICKER_SECONDS: seconds.default(60),
  TAPE_TICKER_ENTRIES: entries.default(600),
  TAPE_BOOK_SECONDS: seconds.default(60),
  TAPE_BOOK_ENTRIES: entries.default(600),
  /** Closed one-minute candles that a market's stream keeps. */
  TAPE_CANDLE_ENTRIES: entries.default(1500),
  /** Prometheus metrics and health on loopback; 0 takes any free port, unset serves none. */
  STREAMER_METRICS_PORT: port.optional(),
  /** 0.0.0.0 in a container that something else scrapes. */
  STREAMER_METRICS_HOST: z.string().min(1).optional(),
})

/** The streamer's environment. */
export const streamerConfig = variables.superRefine((config, context) => {
  const followed = new Set(config.STREAM_SYMBOLS.map(marketId))
  for (const market of config.STREAM_BOOK_SYMBOLS) {
    if (followed.has(marketId(market))) continue
    const message = `markets of STREAM_SYMBOLS, which ${marketId(market)} is not`
    context.addIssue({ code: 'custom', path: ['STREAM_BOOK_SYMBOLS'], message })
  }
})
export type StreamerConfig = z.infer<typeof streamerConfig>

/** The only place of this process that reads the environment. */
export const readStreamerConfig = (): StreamerConfig => loadConfig(streamerConfig, process.env)

/** Where a venue is reached. */
export const urlsOf = (config: StreamerConfig, venue: VenueName) => {
  const urls = {
    binance: { webSocketUrl: config.BINANCE_WS_URL, restUrl: config.BINANCE_REST_URL },
    coinbase: { webSocketUrl: config.COINBASE_WS_URL, restUrl: config.COINBASE_REST_URL },
    kraken: { webSocketUrl: config.KRAKEN_WS_URL, restUrl: config.KRAKEN_REST_URL },
  }
  return urls[venue]
}

/** What the configuration wants at all times. */
export const alwaysWanted = (config: StreamerConfig): readonly Want[] => [
  ...config.STREAM_SYMBOLS.map((market): Want => ({ channel: 'market', market })),
  ...config.STREAM_BOOK_SYMBOLS.map((market): Want => ({ channel: 'book', market })),
]

export const retentionOf = (config: StreamerConfig): TapeRetentionOptions => ({
  trades: { seconds: config.TAPE_TRADE_SECONDS, mostEntries: config.TAPE_TRADE_ENTRIES },
  tickers: { seconds: config.TAPE_TICKER_SECONDS, mostEntries: config.TAPE_TICKER_ENTRIES },
  books: { seconds: config.TAPE_BOOK_SECONDS, mostEntries: config.TAPE_BOOK_ENTRIES },
  candleEntries: config.TAPE_CANDLE_ENTRIES,
  gapEntries: config.TAPE_TRADE_ENTRIES,
})

/** Whether a venue is reached itself, or something that stands in its place. */
export const sourceOf = (config: StreamerConfig, venue: VenueName): MarketSource =>
  sourceAt(urlsOf(config, venue).webSocketUrl, VENUES[venue].protocol.profile.webSocketUrl)
