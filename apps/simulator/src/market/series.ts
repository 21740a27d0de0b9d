import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { describeProblem, err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { barOpenAt, type Candles, createCandleCsvParser, generateCandles } from '@botcriptofy/engine/market'
import type { BarFlow } from './kline.ts'
import { randomOfBar, type StepBar, tradeCount, tradesNeeded } from './trades.ts'
import { decimalsOf, roundedDecimalsOf, toSteps } from './units.ts'

/** A recorded or generated market, ready to be replayed. */
export interface Series {
  readonly candles: Candles
  readonly timeframeMs: number
  readonly priceDecimals: number
  readonly amountDecimals: number
  /** Decides the trades inside the bars. */
  readonly seed: number
  /** Id of the first trade of each bar, and one past the last trade of all: ids are contiguous, from 1. */
  readonly firstTradeIds: Float64Array
  /** Filled as bars are looked at: playing the same bar twice gives the same. */
  readonly flows: (BarFlow | undefined)[]
}

/** Reads a candle file (contract section 2), gzip or not by its name. Throws with the line number of a bad row. */
export const readCandleFile = async (path: string): Promise<Candles> => {
  const parser = createCandleCsvParser()
  const source = createReadStream(path)
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    const decoder = new TextDecoder()
    for await (const chunk of chunks) parser.push(decoder.decode(chunk, { stream: true }))
  }
  await (path.endsWith('.gz') ? pipeline(source, createGunzip(), consume) : pipeline(source, consume))
  const parsed = parser.end()
  if (!parsed.ok) throw new Error(`${path}: ${describeProblem(parsed.error)}`)
  return parsed.value
}

export interface GeneratedMarket {
  readonly seed: number
  readonly timeframeMs: number
  readonly bars: number
  readonly historyBars: number
  readonly nowMs: number
}

/** Generated candles placed in time such that the market is live now and has `historyBars` behind it. */
export const generateMarket = (options: GeneratedMarket): Candles => {
  const { seed, timeframeMs, bars, historyBars } = options
  const startMs = barOpenAt(options.nowMs, timeframeMs) - historyBars * timeframeMs
  return generateCandles({ seed, bars, startMs, timeframeMs, startPrice: 60_000 })
}

export interface SeriesOptions {
  readonly timeframeMs: number
  readonly seed: number
}

/** Refuses a market whose bars cannot be rebuilt by trades. */
export const prepareSeries = (candles: Candles, options: SeriesOptions): Result<Series, Problem> => {
  const bars = candles.time.length
  const misplaced = candles.time.findIndex((time) => barOpenAt(time, options.timeframeMs) !== time)
  if (misplaced >= 0) {
    const expected = `the open of a bar of ${options.timeframeMs} ms`
    return err({ path: `bar ${misplaced}`, expected, actual: String(candles.time[misplaced]) })
  }
  const priceDecimals = decimalsOf([candles.open, candles.high, candles.low, candles.close])
  const amountDecimals = roundedDecimalsOf(candles.volume)
  if (priceDecimals === undefined || amountDecimals === undefined) {
    const path = priceDecimals === undefined ? 'prices' : 'volume'
    return err({ path, expected: 'at most 8 decimals and 2^53 steps of them', actual: 'more' })
  }
  const series: Series = {
    candles,
    ...options,
    priceDecimals,
    amountDecimals,
    firstTradeIds: new Float64Array(0),
    flows: [],
  }
  for (let index = 0; index < bars; index += 1) {
    const bar = stepBarAt(series, index)
    if (bar.volume < tradesNeeded(bar)) {
      const expected = `at least ${tradesNeeded(bar)} steps of volume for its prices`
      return err({ path: `bar ${index}`, expected, actual: String(bar.volume) })
    }
  }
  return ok({ ...series, firstTradeIds: countTrades(series) })
}

/** How many bars a market's prices lie behind those of the market before it. */
export const SHIFT_BARS = 250

/**
 * Another market made of the same bars: its prices are those of a later part of the path, its trades are its own. Costs
 * nothing until it is played, so that there may be hundreds.
 */
export const shiftSeries = (series: Series, { seed, shift }: { seed: number; shift: number }): Series => {
  const { time } = series.candles
  const bars = time.length - shift
  const later = (name: 'open' | 'high' | 'low' | 'close' | 'volume') => series.candles[name].subarray(shift)
  const candles: Candles = {
    time: time.subarray(0, bars),
    open: later('open'),
    high: later('high'),
    low: later('low'),
    close: later('close'),
    volume: later('volume'),
  }
  let ids: Float64Array | undefined
  const shifted: Series = {
    ...series,
    candles,
    seed,
    flows: [],
    get firstTradeIds() {
      return (ids ??= countTrades(shifted))
    },
  }
  return shifted
}

/** The newest id of all is one less than the last number. */
const countTrades = (series: Series): Float64Array => {
  const bars = series.candles.time.length
  const ids = new Float64Array(bars + 1)
  ids[0] = 1
  for (let index = 0; index < bars; index += 1)
    ids[index + 1] = ids[index]! + tradeCount(stepBarAt(series, index), randomOfBar(series.seed, index))
  return ids
}

export const stepBarAt = (series: Series, index: number): StepBar => {
  const { candles, priceDecimals, amountDecimals } = series
  return {
    openMs: candles.time[index]!,
    lengthMs: series.timeframeMs,
    open: toSteps(candles.open[index]!, priceDecimals),
    high: toSteps(candles.high[index]!, priceDecimals),
    low: toSteps(candles.low[index]!, priceDecimals),
    close: toSteps(candles.close[index]!, priceDecimals),
    volume: toSteps(candles.volume[index]!, amountDecimals),
  }
}

/** The bar that is open at a moment, or the last one before it; -1 before the first. */
export const barIndexAt = (series: Series, timeMs: number): number => {
  const { time } = series.candles
  let [low, high] = [0, time.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle]! <= timeMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The moment at which the last bar ends. */
export const seriesEndMs = (series: Series): number => series.candles.time.at(-1)! + series.timeframeMs
