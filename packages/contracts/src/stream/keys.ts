/** Fixed for ever: every stored key carries its shard. */
export const MARKET_SHARDS = 16

/** One market at one venue. */
export interface MarketName {
  readonly venue: string
  readonly symbol: string
}

/** `binance:BTC/USDT`: how configuration and the market index name a market. */
export const marketId = (market: MarketName): string => `${market.venue}:${market.symbol}`

/** The reverse of `marketId`; a perpetual's symbol holds a colon itself, so only the first one separates. */
export const parseMarketId = (id: string): MarketName | undefined => {
  const colon = id.indexOf(':')
  if (colon < 1 || colon === id.length - 1) return undefined
  return { venue: id.slice(0, colon), symbol: id.slice(colon + 1) }
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), over the UTF-16 units of `venue:symbol`, modulo 16. */
export const marketShard = (market: MarketName): number => {
  let hash = 0x811c9dc5
  const id = marketId(market)
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % MARKET_SHARDS
}

// The braces make a shard one slot of a Redis Cluster: its streams and last values change in one transaction.
const shardTag = (shard: number): string => `{md:${shard}}`
const marketKey = (market: MarketName, suffix: string): string =>
  `${shardTag(marketShard(market))}:${marketId(market)}:${suffix}`

/** Stream of trades; entry id `<last trade id>-0`. */
export const tradeTapeKey = (market: MarketName): string => marketKey(market, 'trade')
/** Stream of closed candles; entry id `<open ms>-0`. */
export const candleTapeKey = (market: MarketName, timeframe: string): string =>
  marketKey(market, `candle:${timeframe}`)
/** Stream of tickers, the newest of each tick. */
export const tickerTapeKey = (market: MarketName): string => marketKey(market, 'ticker')
/** Stream of proven books, the newest of each tick, and of the gaps between them. */
export const bookTapeKey = (market: MarketName): string => marketKey(market, 'book')
/** Stream of what is missing in the trade tape; entry ids are Redis's own. */
export const gapTapeKey = (market: MarketName): string => marketKey(market, 'gap')
/** Hash with the newest trade and the tape's epoch, for a reader that joins late. */
export const lastValueKey = (market: MarketName): string => marketKey(market, 'last')
/** Hash with the newest ticker, for a reader that joins late. */
export const lastTickerKey = (market: MarketName): string => marketKey(market, 'last:ticker')
/** Hash with the newest book, for a reader that joins late; there is none while the book is not proven. */
export const lastBookKey = (market: MarketName): string => marketKey(market, 'last:book')
/** Set of the `marketId`s of one shard that were ever published. */
export const marketIndexKey = (shard: number): string => `${shardTag(shard)}:markets`
/** Sorted set of what is wanted of one shard, and by whom; the score says until when, in ms of Redis' clock. */
export const demandKey = (shard: number): string => `${shardTag(shard)}:want`
/** Why a market that is wanted is not streamed, there as long as it is so. */
export const refusalKey = (market: MarketName): string => marketKey(market, 'refused')
/** Hash with what the streamer that follows a market sees of it, rewritten every second; released with the market. */
export const marketHealthKey = (market: MarketName): string => marketKey(market, 'health')
/** What the records of the market's tape are of (`MarketSource` kind); it stays when the market is released. */
export const marketSourceKey = (market: MarketName): string => marketKey(market, 'source')
/** Sorted set of the streamers that run; the score says until when, in ms of Redis' clock. */
export const STREAMERS_KEY = 'md:streamers'
/** Who may write the shard's tapes, `<fence epoch> <streamer>`; it expires by itself. */
export const leaseKey = (shard: number): string => `${shardTag(shard)}:lease`
/** The last fence epoch that was given; it stays when the lease has gone. */
export const fenceEpochKey = (shard: number): string => `${shardTag(shard)}:lease:epoch`
/** Sorted set of the streamers that could take the shard over without a hole, with the same scores. */
export const warmKey = (shard: number): string => `${shardTag(shard)}:warm`

/** When the budget of dials to a venue is whole again, epoch ms. */
export const dialBudgetKey = (venue: string): string => `venue:${venue}:dials`
