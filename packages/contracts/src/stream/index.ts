export {
  candleTapeKey,
  gapTapeKey,
  lastValueKey,
  MARKET_SHARDS,
  marketId,
  marketIndexKey,
  type MarketName,
  marketShard,
  parseMarketId,
  tradeTapeKey,
} from './keys.ts'
export { type LastValue, lastValue, type Market, market } from './market.ts'
export {
  type AckRecord,
  type CandleRecord,
  decimalString,
  type ErrorRecord,
  type StatusRecord,
  type StreamRecord,
  streamRecord,
  symbolName,
  type TradeRecord,
  venueName,
} from './records.ts'
export {
  decodeCandle,
  decodeTrades,
  encodeCandle,
  encodeTrades,
  TAPE_FIELD,
  type TapeGap,
  tapeGap,
} from './tape.ts'
