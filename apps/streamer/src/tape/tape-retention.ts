import type { TapeLimits } from '@botcriptofy/runtime/stream'
import type { PendingBatch } from './market-tape.ts'
import { createRetention, type RetentionOptions } from './retention.ts'

/** What is kept of each market: by time where the rate differs from market to market. */
export interface TapeRetentionOptions {
  readonly trades: RetentionOptions
  readonly tickers: RetentionOptions
  readonly books: RetentionOptions
  readonly candleEntries: number
  readonly gapEntries: number
}

export interface TapeRetention {
  /** Where to cut the streams that the batch is appended to. */
  readonly limitsOf: (batch: PendingBatch, nowMs: number) => TapeLimits
}

export const createTapeRetention = (options: TapeRetentionOptions): TapeRetention => {
  const { candleEntries, gapEntries } = options
  const trades = createRetention(options.trades)
  const tickers = createRetention(options.tickers)
  const books = createRetention(options.books)
  return {
    limitsOf: (batch, nowMs) => ({
      tradeEntries: batch.trades.length > 0 ? trades.next(nowMs) : 0,
      tickerEntries: batch.ticker === undefined ? 0 : tickers.next(nowMs),
      bookEntries: batch.books.length > 0 ? books.next(nowMs) : 0,
      candleEntries,
      gapEntries,
    }),
  }
}
