import { setTimeout as delay } from 'node:timers/promises'
import { type CandleRecord, marketId, type MarketName } from '@botcriptofy/contracts/stream'
import type { Log } from '@botcriptofy/runtime/log'
import type { StreamMetrics } from '@botcriptofy/runtime/stream'
import type { CandleRange } from '@botcriptofy/venues/frame'
import { carriedBar } from './carried-bar.ts'

const TRIES = 3
const RETRY_MS = 1000
/** What a repair fetches at most; older candles are the archive's business. */
const MOST_CANDLES = 1000
/** Candles that may wait for one repair; with more, the repair has failed. */
const MOST_HELD = 100

export interface CandleRepairOptions {
  readonly timeframeMs: number
  readonly nativeOf: (symbol: string) => string | undefined
  readonly lastOpenMs: (market: MarketName) => number | undefined
  readonly fetchClosedCandles: (range: CandleRange) => Promise<readonly CandleRecord[]>
  readonly publish: (candle: CandleRecord, receivedMs: number) => void
  readonly metrics: StreamMetrics
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Closed candles in order and without holes: when some closed while the connection was down, those after them wait
 * until the missing ones came over REST. A hole that REST cannot fill stays one; nothing is invented.
 */
export const createCandleRepair = (options: CandleRepairOptions) => {
  const held = new Map<string, CandleRecord[]>()
  const release = (candles: readonly CandleRecord[]) => {
    for (const candle of candles) options.publish(candle, Date.now())
  }
  const repair = async (candle: CandleRecord, fromMs: number): Promise<void> => {
    const id = marketId(candle)
    const waiting = [candle]
    held.set(id, waiting)
    const missing = await fetchMissing(options, { candle, fromMs })
    options.metrics.repairedCandles.inc({ market: id }, missing.length)
    held.delete(id)
    release([...missing, ...waiting])
  }
  return {
    take: (candle: CandleRecord, receivedMs: number): void => {
      if (!candle.closed) return
      const waiting = held.get(marketId(candle))
      if (waiting) {
        if (waiting.length < MOST_HELD) waiting.push(candle)
        return
      }
      const lastOpenMs = options.lastOpenMs(candle)
      const nextOpenMs = lastOpenMs === undefined ? candle.openTimeMs : lastOpenMs + options.timeframeMs
      if (candle.openTimeMs <= nextOpenMs) options.publish(candle, receivedMs)
      else void repair(candle, nextOpenMs)
    },
  }
}

/** The newest come first, as many as one call gives, and then those before them. */
const fetchMissing = async (
  options: CandleRepairOptions,
  hole: { readonly candle: CandleRecord; readonly fromMs: number },
): Promise<readonly CandleRecord[]> => {
  const { symbol, openTimeMs } = hole.candle
  const native = options.nativeOf(symbol) ?? symbol
  const fromMs = Math.max(hole.fromMs, openTimeMs - MOST_CANDLES * options.timeframeMs)
  let found: readonly CandleRecord[] = []
  for (let toMs = openTimeMs; toMs > fromMs;) {
    const page = await fetchPage(options, { symbol, native, fromMs, toMs })
    const older = page.filter((candle) => candle.openTimeMs >= fromMs && candle.openTimeMs < toMs)
    if (older.length === 0) break
    found = [...older, ...found]
    toMs = older[0]!.openTimeMs
  }
  return withCarried(found, options.timeframeMs)
}

/** Some venues leave out a minute without a trade. Between two bars that they give it is proven to be one. */
const withCarried = (bars: readonly CandleRecord[], timeframeMs: number): readonly CandleRecord[] =>
  bars.flatMap((bar, at) => {
    const run = [bar]
    const next = bars[at + 1]?.openTimeMs ?? Number.NEGATIVE_INFINITY
    for (let last = bar; last.openTimeMs + timeframeMs < next; run.push(last))
      last = carriedBar(last, timeframeMs)
    return run
  })

/** Empty when the venue does not answer. */
const fetchPage = async (
  options: CandleRepairOptions,
  range: CandleRange,
): Promise<readonly CandleRecord[]> => {
  for (let attempt = 1; attempt <= TRIES && !options.signal.aborted; attempt += 1) {
    try {
      return await options.fetchClosedCandles(range)
    } catch (error) {
      options.log.warn({ err: error, symbol: range.symbol, attempt }, 'candles could not be repaired')
      await delay(RETRY_MS, undefined, { signal: options.signal }).catch(() => undefined)
    }
  }
  return []
}
