import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { decimal, UnreadableFrame, wholeNumber } from './json.ts'
import { binanceProfile } from './profile.ts'

export interface KlineRequest {
  readonly symbol: string
  readonly timeframe: string
  /** Bars that end after this moment are still open. */
  readonly nowMs: number
}

/** Reads the body of `GET /api/v3/klines`: arrays of open time, o, h, l, c, v, close time, and figures we do not use. */
export const candlesFromKlines = (
  body: unknown,
  request: KlineRequest,
): Result<readonly CandleRecord[], Problem> => {
  if (!Array.isArray(body)) {
    return err({
      path: '$',
      expected: 'a list of klines',
      actual: String(JSON.stringify(body)).slice(0, 100),
    })
  }
  try {
    return ok(body.map((row) => candleFrom(row, request)))
  } catch (error) {
    if (!(error instanceof UnreadableFrame)) throw error
    return err({ path: '$', expected: 'klines', actual: error.message })
  }
}

const candleFrom = (row: unknown, request: KlineRequest): CandleRecord => {
  if (!Array.isArray(row)) throw new UnreadableFrame(`expected a list, was ${JSON.stringify(row)}`)
  const kline: unknown = Object.fromEntries(row.entries())
  const closeTimeMs = wholeNumber(kline, '6')
  return {
    type: 'candle',
    venue: binanceProfile.venue,
    symbol: request.symbol,
    exchangeTimeMs: Math.min(closeTimeMs, request.nowMs),
    timeframe: request.timeframe,
    openTimeMs: wholeNumber(kline, '0'),
    open: decimal(kline, '1'),
    high: decimal(kline, '2'),
    low: decimal(kline, '3'),
    close: decimal(kline, '4'),
    volume: decimal(kline, '5'),
    closed: closeTimeMs < request.nowMs,
  }
}
