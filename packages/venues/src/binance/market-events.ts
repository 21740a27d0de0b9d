import type {
  BookLevel,
  BookRecord,
  CandleRecord,
  StreamRecord,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import { decimal, field, flag, list, optional, text, UnreadableFrame, wholeNumber } from '../frame/index.ts'
import { epochMs } from './epoch.ts'
import { binanceProfile } from './profile.ts'
import type { SymbolNames } from './symbols.ts'

const { venue } = binanceProfile

interface MarketEvent {
  readonly event: unknown
  readonly stream: string | null
  readonly symbols: SymbolNames
}

/** An event of a market stream (web-socket-streams.md); undefined where the message is none. */
export const decodeMarketEvent = (market: MarketEvent): readonly StreamRecord[] | undefined => {
  const kind = field(market.event, 'e')
  switch (kind) {
    case 'trade':
    case 'blockTrade':
      return [decodeTrade(market, 't')]
    case 'aggTrade':
      return [decodeTrade(market, 'a')]
    case 'kline':
      return [decodeKline(market)]
    case 'depthUpdate':
      return [decodeDepth(market)]
    case 'avgPrice':
      return [tickerOf(market, { vwap: 'w' })]
    case undefined:
      return decodeUnnamed(market)
    default:
      if (typeof kind === 'string' && /^(24hr|\d+[hd])(Mini)?Ticker$/.test(kind))
        return [tickerOf(market, DAY_TICKER)]
      throw new UnreadableFrame(`e: expected an event of a market or an account, was ${String(kind)}`)
  }
}

/** Book tickers and partial books do not say what they are; their fields do. */
const decodeUnnamed = (market: MarketEvent): readonly StreamRecord[] | undefined => {
  const { event } = market
  if (field(event, 'lastUpdateId') !== undefined) return [decodePartialDepth(market)]
  if (field(event, 'u') !== undefined && field(event, 'B') !== undefined)
    return [tickerOf(market, BOOK_TICKER)]
  return undefined
}

/** The ids of aggregates and of block trades are of their own numbering, and its trades have one price and one taker. */
const decodeTrade = ({ event, symbols }: MarketEvent, idField: 't' | 'a'): TradeRecord => ({
  type: 'trade',
  venue,
  symbol: symbolOf(event, symbols),
  exchangeTimeMs: epochMs(event, 'T'),
  tradeId: String(wholeNumber(event, idField)),
  price: decimal(event, 'p'),
  amount: decimal(event, 'q'),
  // `m` says that the buyer was the maker, so the taker sold.
  side: flag(event, 'm') ? 'sell' : 'buy',
})

const decodeKline = ({ event, symbols }: MarketEvent): CandleRecord => {
  const kline = field(event, 'k')
  return {
    type: 'candle',
    venue,
    symbol: symbolOf(event, symbols),
    exchangeTimeMs: epochMs(event, 'E'),
    timeframe: text(kline, 'i'),
    openTimeMs: epochMs(kline, 't'),
    open: decimal(kline, 'o'),
    high: decimal(kline, 'h'),
    low: decimal(kline, 'l'),
    close: decimal(kline, 'c'),
    volume: decimal(kline, 'v'),
    closed: flag(kline, 'x'),
  }
}

/** Every update id of a market is in one event: `U` is the one after the event before. */
const decodeDepth = ({ event, symbols }: MarketEvent): BookRecord => ({
  type: 'book_update',
  venue,
  symbol: symbolOf(event, symbols),
  exchangeTimeMs: epochMs(event, 'E'),
  bids: levels(event, 'b'),
  asks: levels(event, 'a'),
  firstUpdateId: wholeNumber(event, 'U'),
  lastUpdateId: wholeNumber(event, 'u'),
})

/** Self-contained: the best 5, 10 or 20 levels. Only the name of a combined stream says of which market. */
const decodePartialDepth = ({ event, stream, symbols }: MarketEvent): BookRecord => {
  const lastUpdateId = wholeNumber(event, 'lastUpdateId')
  return {
    type: 'book_snapshot',
    venue,
    symbol: stream === null ? null : symbolOf({ s: stream.split('@')[0]?.toUpperCase() }, symbols),
    exchangeTimeMs: null,
    bids: levels(event, 'bids'),
    asks: levels(event, 'asks'),
    firstUpdateId: lastUpdateId,
    lastUpdateId,
  }
}

export const levels = (event: unknown, name: string): BookLevel[] =>
  list(event, name).map((row) => [decimal(row, '0'), decimal(row, '1')])

type TickerFields = Partial<
  Record<Exclude<keyof TickerRecord, 'type' | 'venue' | 'symbol' | 'exchangeTimeMs'>, string>
>

const BOOK_TICKER: TickerFields = { bid: 'b', bidAmount: 'B', ask: 'a', askAmount: 'A' }
/** The mini ticker has some of these fields. */
const DAY_TICKER: TickerFields = {
  ...BOOK_TICKER,
  last: 'c',
  open: 'o',
  high: 'h',
  low: 'l',
  volume: 'v',
  vwap: 'w',
}

const tickerOf = ({ event, symbols }: MarketEvent, fields: TickerFields): TickerRecord => {
  const figure = (name: keyof TickerFields): string | null => {
    const native = fields[name]
    return native === undefined ? null : optional(decimal, event, native)
  }
  return {
    type: 'ticker',
    venue,
    symbol: symbolOf(event, symbols),
    // A book ticker has no time.
    exchangeTimeMs: optional(epochMs, event, 'E'),
    last: figure('last'),
    bid: figure('bid'),
    bidAmount: figure('bidAmount'),
    ask: figure('ask'),
    askAmount: figure('askAmount'),
    open: figure('open'),
    high: figure('high'),
    low: figure('low'),
    volume: figure('volume'),
    vwap: figure('vwap'),
  }
}

export const symbolOf = (event: unknown, symbols: SymbolNames): string => {
  const native = text(event, 's')
  const symbol = symbols.toSymbol(native)
  if (symbol === undefined) throw new UnreadableFrame(`s: expected a listed market, was ${native}`)
  return symbol
}
