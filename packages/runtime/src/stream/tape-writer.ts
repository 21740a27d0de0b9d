import {
  type BookEvent,
  bookTapeKey,
  type CandleRecord,
  candleTapeKey,
  encodeBookEvents,
  encodeCandle,
  encodeTicker,
  encodeTrades,
  EPOCH_FIELD,
  gapTapeKey,
  lastBookKey,
  lastTickerKey,
  lastValueKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  TAPE_FIELD,
  type TapeGap,
  type TickerRecord,
  tickerTapeKey,
  type TradeRecord,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import type { Redis } from '../redis/index.ts'
import { readLastValue } from './read-markets.ts'

/** Entries that each stream keeps, give or take one node of Redis's (about a hundred). */
export interface TapeLimits {
  readonly tradeEntries: number
  readonly candleEntries: number
  readonly gapEntries: number
  readonly tickerEntries: number
  readonly bookEntries: number
}

/** Where a market's tape stands, so that a writer goes on from there. */
export interface TapePosition {
  readonly epoch: number
  readonly lastTradeId: number | undefined
  readonly lastTradeTimeMs: number | undefined
  readonly lastCandleOpenMs: number | undefined
}

/** What one tick brought for one market; trades and candles ascend. */
export interface TapeBatch {
  readonly market: MarketName
  readonly epoch: number
  readonly receivedMs: number
  readonly trades: readonly TradeRecord[]
  readonly candles: readonly CandleRecord[]
  readonly gaps: readonly TapeGap[]
  /** The newest of the tick. */
  readonly ticker: TickerRecord | undefined
  readonly books: readonly BookEvent[]
}

/** Makes the market known to readers and says where its tape ends. */
export const openTape = async (
  redis: Redis,
  market: MarketName,
  timeframe: string,
): Promise<TapePosition> => {
  await redis.sadd(marketIndexKey(marketShard(market)), marketId(market))
  const last = await readLastValue(redis, market)
  const [candle] = await redis.xrevrange(candleTapeKey(market, timeframe), '+', '-', 'COUNT', 1)
  return {
    epoch: last?.epoch ?? (await redisTimeMs(redis)),
    lastTradeId: last && Number(last.tradeId),
    lastTradeTimeMs: last?.exchangeTimeMs,
    lastCandleOpenMs: candle && Number.parseInt(candle[0], 10),
  }
}

/**
 * The venue has started its ids or its clock over: what is stored cannot be continued. Clears the tape under a new
 * epoch, which tells consumers to forget the ids they have seen.
 */
export const resetTape = async (
  redis: Redis,
  market: MarketName,
  options: { readonly timeframe: string; readonly epoch: number },
): Promise<number> => {
  const epoch = Math.max(options.epoch + 1, await redisTimeMs(redis))
  const results = await redis
    .multi()
    .del(tradeTapeKey(market), candleTapeKey(market, options.timeframe), gapTapeKey(market))
    .del(tickerTapeKey(market), lastTickerKey(market))
    .hset(lastValueKey(market), 'epoch', epoch)
    .exec()
  for (const [error] of results ?? []) if (error) throw error
  return epoch
}

/**
 * Appends in one round trip. Entry ids are the venue's own, so a batch that is written again, after a lost answer or
 * by a second writer, is refused by Redis entry by entry: those are counted and are no failure.
 */
export const writeTape = async (
  redis: Redis,
  batches: readonly TapeBatch[],
  limits: TapeLimits,
): Promise<{ readonly refused: number }> => {
  const pipeline = redis.pipeline()
  for (const batch of batches) queueBatch(pipeline, batch, limits)
  let refused = 0
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error === null) continue
    if (!error.message.includes('equal or smaller')) throw error
    refused += 1
  }
  return { refused }
}

const queueBatch = (pipeline: ReturnType<Redis['pipeline']>, batch: TapeBatch, limits: TapeLimits): void => {
  const { market, trades } = batch
  const append = (key: string, limit: number) => (id: string, value: string) =>
    pipeline.xadd(key, 'MAXLEN', '~', limit, id, TAPE_FIELD, value, EPOCH_FIELD, batch.epoch)
  for (const gap of batch.gaps) append(gapTapeKey(market), limits.gapEntries)('*', JSON.stringify(gap))
  const last = trades.at(-1)
  if (last) {
    append(tradeTapeKey(market), limits.tradeEntries)(`${last.tradeId}-0`, encodeTrades(trades))
    pipeline.hset(lastValueKey(market), {
      price: last.price,
      exchangeTimeMs: last.exchangeTimeMs,
      receivedMs: batch.receivedMs,
      tradeId: last.tradeId,
      epoch: batch.epoch,
    })
  }
  for (const candle of batch.candles) {
    const key = candleTapeKey(market, candle.timeframe)
    append(key, limits.candleEntries)(`${candle.openTimeMs}-0`, encodeCandle(candle))
  }
  if (batch.ticker) {
    const value = encodeTicker(batch.ticker)
    append(tickerTapeKey(market), limits.tickerEntries)('*', value)
    pipeline.hset(lastTickerKey(market), lastOf(batch, value))
  }
  if (batch.books.length > 0) queueBooks(pipeline, batch, limits)
}

/**
 * The ids are Redis's own, also where the venue numbers its updates: gaps stand between the books and have no number, and
 * a book that is written twice is the same book.
 */
const queueBooks = (pipeline: ReturnType<Redis['pipeline']>, batch: TapeBatch, limits: TapeLimits): void => {
  const { market, books } = batch
  const value = encodeBookEvents(books)
  pipeline.xadd(bookTapeKey(market), 'MAXLEN', '~', limits.bookEntries, '*', TAPE_FIELD, value)
  const newest = books.at(-1)
  if (newest?.type === 'book_snapshot') {
    pipeline.hset(lastBookKey(market), lastOf(batch, encodeBookEvents([newest])))
  } else if (newest?.type === 'gap_open') pipeline.del(lastBookKey(market))
}

const lastOf = ({ receivedMs, epoch }: TapeBatch, value: string) => ({
  [TAPE_FIELD]: value,
  receivedMs,
  epoch,
})

const redisTimeMs = async (redis: Redis): Promise<number> => {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
}
