import {
  type CandleRecord,
  candleTapeKey,
  decodeCandle,
  MARKET_SHARDS,
  marketIndexKey,
  type MarketName,
  type MarketSource,
  marketSource,
  marketSourceKey,
  parseMarketId,
  TAPE_FIELD,
  TAPE_TIMEFRAME,
} from '@botcriptofy/contracts/stream'
import { defineScript, type Redis, runScript } from '../redis/index.ts'

type SourceKind = MarketSource['kind']

// What another source wrote before is not continued: its candles would pass for those of this one.
const NOTE = defineScript(`
local known = redis.call('GET', KEYS[1])
if known == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
if known then redis.call('DEL', KEYS[2]) end
return 1`)

/** Says what the candles of a market's tape are of, from now on; those of another kind are forgotten. */
export const noteSource = async (redis: Redis, market: MarketName, kind: SourceKind): Promise<void> => {
  const keys = [marketSourceKey(market), candleTapeKey(market, TAPE_TIMEFRAME)]
  await runScript(redis, NOTE, [{ keys, args: [kind] }])
}

export interface TapeEnd {
  readonly market: MarketName
  /** Undefined where no streamer said so. */
  readonly source: SourceKind | undefined
  /** Open of the newest candle on the tape, epoch ms; undefined where there is none. */
  readonly newestMs: number | undefined
}

/** Where the candles end of every market that was ever followed. It wants none of them. */
export const readTapeEnds = async (redis: Redis): Promise<readonly TapeEnd[]> => {
  const shards = await Promise.all(
    Array.from({ length: MARKET_SHARDS }, (_, shard) => redis.smembers(marketIndexKey(shard))),
  )
  const markets = shards.flat().flatMap((id) => parseMarketId(id) ?? [])
  return Promise.all(
    markets.map(async (market) => {
      const [kind, [newest]] = await Promise.all([
        redis.get(marketSourceKey(market)),
        redis.xrevrange(candleTapeKey(market, TAPE_TIMEFRAME), '+', '-', 'COUNT', 1),
      ])
      const source = kind === null ? undefined : marketSource.shape.kind.parse(kind)
      return { market, source, newestMs: newest && Number.parseInt(newest[0], 10) }
    }),
  )
}

/** The closed candles on a market's tape that open after `afterMs`, ascending. */
export const readClosedCandles = async (
  redis: Redis,
  market: MarketName,
  afterMs: number,
): Promise<readonly CandleRecord[]> => {
  const entries = await redis.xrange(candleTapeKey(market, TAPE_TIMEFRAME), `${afterMs + 1}-0`, '+')
  return entries.map(([, fields]) => decodeCandle(fields[fields.indexOf(TAPE_FIELD) + 1] ?? ''))
}
