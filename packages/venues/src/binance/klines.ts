import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { decimal, UnreadableFrame, wholeNumber } from '../frame/index.ts'
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
  const closeTimeMs = wholeNumber(row, '6')
  return {
    type: 'candle',
    venue: binanceProfile.venue,
    symbol: request.symbol,
    exchangeTimeMs: Math.min(closeTimeMs, request.nowMs),
    timeframe: request.timeframe,
    openTimeMs: wholeNumber(row, '0'),
    open: decimal(row, '1'),
    high: decimal(row, '2'),
    low: decimal(row, '3'),
    close: decimal(row, '4'),
    volume: decimal(row, '5'),
    closed: closeTimeMs < request.nowMs,
  }
}
