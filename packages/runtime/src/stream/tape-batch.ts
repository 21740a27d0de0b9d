import type {
  BookEvent,
  CandleRecord,
  MarketName,
  TapeGap,
  TickerRecord,
  TradeRecord,
} from '@botcriptofy/contracts/stream'
import type { Lease } from './leases.ts'

/** Entries that each stream keeps, give or take one node of Redis's (about a hundred). */
export interface TapeLimits {
  readonly tradeEntries: number
  readonly candleEntries: number
  readonly gapEntries: number
  readonly tickerEntries: number
  readonly bookEntries: number
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
  readonly limits: TapeLimits
}

/** What one tick brought for the markets of one shard. */
export interface ShardWrite {
  readonly lease: Lease
  readonly batches: readonly TapeBatch[]
}
