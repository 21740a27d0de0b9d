import type { CandleRecord } from '@botcriptofy/contracts/stream'
import { describeProblem } from '@botcriptofy/engine/kernel'
import { candlesFromKlines, type SymbolMap, symbolMapFrom } from '@botcriptofy/venues/binance'

const ANSWER_LIMIT_MS = 10_000
const KLINES_PER_REQUEST = 1000

export interface KlineRange {
  readonly symbol: string
  readonly native: string
  readonly timeframe: string
  /** Opens in [fromMs, toMs). */
  readonly fromMs: number
  readonly toMs: number
}

/** The two public REST calls that the feed needs. They throw when the venue does not answer as documented. */
export const createBinanceRest = (baseUrl: string, signal: AbortSignal) => {
  const get = async (path: string): Promise<unknown> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)])
    const response = await fetch(`${baseUrl}/api/v3/${path}`, { signal: limit })
    if (!response.ok) throw new Error(`${path}: expected HTTP 200, was ${response.status}`)
    return response.json()
  }
  return {
    fetchSymbols: async (): Promise<SymbolMap> => {
      const map = symbolMapFrom(await get('exchangeInfo?showPermissionSets=false'))
      if (map.ok) return map.value
      throw new Error(`exchangeInfo: ${describeProblem(map.error)}`)
    },
    fetchClosedCandles: async (range: KlineRange): Promise<readonly CandleRecord[]> => {
      const query = new URLSearchParams({
        symbol: range.native,
        interval: range.timeframe,
        startTime: String(range.fromMs),
        endTime: String(range.toMs - 1),
        limit: String(KLINES_PER_REQUEST),
      })
      const candles = candlesFromKlines(await get(`klines?${query.toString()}`), {
        ...range,
        nowMs: range.toMs,
      })
      if (candles.ok) return candles.value.filter((candle) => candle.closed)
      throw new Error(`klines: ${describeProblem(candles.error)}`)
    },
  }
}
export type BinanceRest = ReturnType<typeof createBinanceRest>
