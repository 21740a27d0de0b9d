import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { decimal, list, type MarketNames, text, UnreadableFrame } from '../frame/index.ts'
import { coinbaseProfile } from './profile.ts'

/** Reads the body of `GET /api/v3/brokerage/market/products`. Throws an `UnreadableFrame`. */
export const marketsOf = (body: unknown): MarketNames => {
  const natives = new Map(
    list(body, 'products').map((row) => [
      `${text(row, 'base_currency_id')}/${text(row, 'quote_currency_id')}`,
      text(row, 'product_id'),
    ]),
  )
  const symbols = new Map([...natives].map(([symbol, native]) => [native, symbol]))
  return { toNative: (symbol) => natives.get(symbol), toSymbol: (native) => symbols.get(native) }
}

const MINUTE_MS = 60_000

/** Reads the body of `GET …/candles?granularity=ONE_MINUTE`, newest first, as closed bars in the order of time. */
export const minutesOf = (
  body: unknown,
  { symbol, nowMs }: { symbol: string; nowMs: number },
): CandleRecord[] =>
  list(body, 'candles')
    .map((row): CandleRecord => {
      const openTimeMs = Number(text(row, 'start')) * 1000
      if (!Number.isSafeInteger(openTimeMs)) throw new UnreadableFrame('start: expected epoch seconds')
      return {
        type: 'candle',
        venue: coinbaseProfile.venue,
        symbol,
        exchangeTimeMs: openTimeMs + MINUTE_MS,
        timeframe: '1m',
        openTimeMs,
        open: decimal(row, 'open'),
        high: decimal(row, 'high'),
        low: decimal(row, 'low'),
        close: decimal(row, 'close'),
        volume: decimal(row, 'volume'),
        closed: openTimeMs + MINUTE_MS <= nowMs,
      }
    })
    .toReversed()
