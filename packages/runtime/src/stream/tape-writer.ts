import {
  candleTapeKey,
  gapTapeKey,
  lastBookKey,
  lastTickerKey,
  lastValueKey,
  leaseKey,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  tickerTapeKey,
  tradeTapeKey,
} from '@botcriptofy/contracts/stream'
import { defineScript, type Redis, runScript } from '../redis/index.ts'
import type { Lease } from './leases.ts'
import { readLastValue } from './read-markets.ts'
import type { ShardWrite } from './tape-batch.ts'
import { APPLY, applyCall, FENCED } from './tape-commands.ts'

/** Where a market's tape stands, so that a writer goes on from there. */
export interface TapePosition {
  /** Of the tape, not of the lease: it rises when the venue starts its ids over. */
  readonly epoch: number
  readonly lastTradeId: number | undefined
  readonly lastTradeTimeMs: number | undefined
  readonly lastCandleOpenMs: number | undefined
  /** Readers hold the newest book for proven. */
  readonly hasBook: boolean
}

/** The lease is another's by now. */
export class LeaseLost extends Error {}

/** Makes the market known to readers and says where its tape ends. */
export const openTape = async (
  redis: Redis,
  market: MarketName,
  timeframe: string,
): Promise<TapePosition> => {
  const [last, [candle], books] = await Promise.all([
    readLastValue(redis, market),
    redis.xrevrange(candleTapeKey(market, timeframe), '+', '-', 'COUNT', 1),
    redis.exists(lastBookKey(market)),
    redis.sadd(marketIndexKey(marketShard(market)), marketId(market)),
  ])
  return {
    epoch: last?.epoch ?? (await redisTimeMs(redis)),
    lastTradeId: last && Number(last.tradeId),
    lastTradeTimeMs: last?.exchangeTimeMs,
    lastCandleOpenMs: candle && Number.parseInt(candle[0], 10),
    hasBook: books > 0,
  }
}

const RESET = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return ${FENCED} end
redis.call('DEL', unpack(KEYS, 3))
return redis.call('HSET', KEYS[2], 'epoch', ARGV[2])`)

/**
 * The venue has started its ids or its clock over: what is stored cannot be continued. Clears the tape under a new
 * epoch, which tells consumers to forget the ids they have seen. Throws `LeaseLost`.
 */
export const resetTape = async (
  redis: Redis,
  market: MarketName,
  options: { readonly lease: Lease; readonly timeframe: string; readonly epoch: number },
): Promise<number> => {
  const { lease, timeframe } = options
  const epoch = Math.max(options.epoch + 1, await redisTimeMs(redis))
  const cleared = [
    tradeTapeKey(market),
    candleTapeKey(market, timeframe),
    gapTapeKey(market),
    tickerTapeKey(market),
    lastTickerKey(market),
  ]
  const keys = [leaseKey(lease.shard), lastValueKey(market), ...cleared]
  const [answer] = await runScript(redis, RESET, [{ keys, args: [lease.token, epoch] }])
  if (answer === FENCED) throw new LeaseLost(`expected the lease ${lease.token}, was another's`)
  return epoch
}

/**
 * Appends in one round trip, every shard as a whole or, where its lease is another's by now, not at all. Entry ids are
 * the venue's own, so a batch that is written again after a lost answer is refused by Redis entry by entry: those are
 * counted and are no failure.
 */
export const writeTape = async (
  redis: Redis,
  writes: readonly ShardWrite[],
): Promise<{ readonly refused: number; readonly fenced: readonly Lease[] }> => {
  const calls = writes.map(({ lease, batches }) => applyCall(lease, batches))
  const answers = (await runScript(redis, APPLY, calls)).map(Number)
  return {
    refused: answers.filter((answer) => answer !== FENCED).reduce((sum, refused) => sum + refused, 0),
    fenced: writes.filter((_, at) => answers[at] === FENCED).map(({ lease }) => lease),
  }
}

const redisTimeMs = async (redis: Redis): Promise<number> => {
  const [seconds, microseconds] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
}
