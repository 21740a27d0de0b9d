import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { decimal, field, isObject, list, type MarketNames, text, UnreadableFrame } from '../frame/index.ts'
import { krakenProfile } from './profile.ts'

/** REST still names two currencies as the API before did; WebSocket v2 names them like everybody else. */
const RENAMED: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' }

/** What a REST call answers with; refusals are thrown as an `UnreadableFrame`. */
export const resultOf = (body: unknown): Readonly<Record<string, unknown>> => {
  const errors = list(body, 'error')
  if (errors.length > 0) throw new UnreadableFrame(`the venue refused: ${errors.join(', ')}`)
  const result = field(body, 'result')
  if (!isObject(result)) throw new UnreadableFrame('result: expected an object')
  return result
}

export interface KrakenMarkets extends MarketNames {
  /** The pair as REST wants it. */
  readonly toRestPair: (symbol: string) => string | undefined
}

/** Reads the body of `GET /0/public/AssetPairs`. Throws an `UnreadableFrame`. */
export const marketsOf = (body: unknown): KrakenMarkets => {
  const pairs = new Map<string, string>()
  for (const row of Object.values(resultOf(body))) {
    const [base = '', quote = ''] = text(row, 'wsname').split('/')
    pairs.set(`${RENAMED[base] ?? base}/${RENAMED[quote] ?? quote}`, text(row, 'altname'))
  }
  const known = (symbol: string) => (pairs.has(symbol) ? symbol : undefined)
  return { toNative: known, toSymbol: known, toRestPair: (symbol) => pairs.get(symbol) }
}

const MINUTE_MS = 60_000

/** Reads the body of `GET /0/public/OHLC?interval=1`: at most the newest 720 bars, the last of which is open. */
export const minutesOf = (
  body: unknown,
  { symbol, nowMs }: { symbol: string; nowMs: number },
): CandleRecord[] => {
  const { last: _, ...series } = resultOf(body)
  return Object.keys(series).flatMap((pair) =>
    list(series, pair).map((row) => {
      const openTimeMs = Number(field(row, '0')) * 1000
      if (!Number.isSafeInteger(openTimeMs)) throw new UnreadableFrame('0: expected epoch seconds')
      return {
        type: 'candle',
        venue: krakenProfile.venue,
        symbol,
        exchangeTimeMs: openTimeMs + MINUTE_MS,
        timeframe: '1m',
        openTimeMs,
        open: decimal(row, '1'),
        high: decimal(row, '2'),
        low: decimal(row, '3'),
        close: decimal(row, '4'),
        volume: decimal(row, '6'),
        closed: openTimeMs + MINUTE_MS <= nowMs,
      }
    }),
  )
}
