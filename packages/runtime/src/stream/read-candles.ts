import {
  type CandleRecord,
  candleTapeKey,
  decodeCandle,
  type MarketName,
  TAPE_FIELD,
  TAPE_TIMEFRAME,
} from '@botcriptofy/contracts/stream'
import type { Redis } from '../redis/index.ts'

/** Closed candles that the tape of a market still has, by their opens in [fromMs, toMs), oldest first. */
export const readCandleTape = async (
  redis: Redis,
  market: MarketName,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly CandleRecord[]> => {
  if (toMs <= fromMs) return []
  const key = candleTapeKey(market, TAPE_TIMEFRAME)
  const entries = await redis.xrange(key, `${Math.max(0, fromMs)}-0`, `(${toMs}-0`)
  return entries.flatMap(([, fields]) => {
    const at = fields.indexOf(TAPE_FIELD)
    return at < 0 ? [] : [decodeCandle(fields[at + 1] ?? '')]
  })
}
