import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { allocateCandles, type Candles, sliceCandles } from './candles.ts'
import { barLengthMs } from './gaps.ts'

const WEEK_MS = 604_800_000
/** Monday 1970-01-05; the epoch itself was a Thursday. */
const FIRST_MONDAY_MS = 345_600_000

/** Open of the bar of `barMs` that holds an instant: counted from the epoch in UTC, weeks from Monday. */
export const barOpenAt = (timeMs: number, barMs: number): number => {
  const anchor = barMs % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0
  return Math.floor((timeMs - anchor) / barMs) * barMs + anchor
}

export interface ResampleOptions {
  /** Length of the bars to make; a multiple of the length of those given. */
  readonly toMs: number
  /** Length of the bars given; the smallest step where left out. */
  readonly fromMs?: number
  /**
   * What happens to a first or last bar whose span the series does not cover. Bars missing inside the series do
   * not make a bar incomplete: nothing traded then.
   */
  readonly incompleteEdges?: 'drop' | 'keep'
}

/** Longer bars from shorter ones: first open, highest high, lowest low, last close, summed volume. */
export const resampleCandles = (candles: Candles, options: ResampleOptions): Result<Candles, Problem> => {
  const { toMs, fromMs = barLengthMs(candles), incompleteEdges = 'drop' } = options
  if (candles.time.length === 0) return ok(candles)
  if (fromMs === undefined) {
    return err({
      path: 'fromMs',
      expected: 'the length of the bars (one bar does not tell it)',
      actual: 'missing',
    })
  }
  if (!(toMs > 0) || toMs % fromMs !== 0) {
    return err({ path: 'toMs', expected: `a multiple of the bar length ${fromMs}`, actual: String(toMs) })
  }
  const merged = mergeBars(candles, toMs)
  if (incompleteEdges === 'keep') return ok(merged)
  const first = candles.time[0]!
  const end = candles.time[candles.time.length - 1]! + fromMs
  const bars = merged.time.length
  const from = merged.time[0]! < first ? 1 : 0
  const to = merged.time[bars - 1]! + toMs > end ? bars - 1 : bars
  return ok(sliceCandles(merged, Math.min(from, to), to))
}

const mergeBars = (candles: Candles, toMs: number): Candles => {
  const { time, open, high, low, close, volume } = candles
  const out = allocateCandles(countBars(time, toMs), { shared: false })
  let bar = -1
  let nextOpen = Number.NEGATIVE_INFINITY
  for (let i = 0; i < time.length; i++) {
    if (time[i]! >= nextOpen) {
      bar++
      const barOpen = barOpenAt(time[i]!, toMs)
      nextOpen = barOpen + toMs
      out.time[bar] = barOpen
      out.open[bar] = open[i]!
      out.high[bar] = high[i]!
      out.low[bar] = low[i]!
    }
    if (high[i]! > out.high[bar]!) out.high[bar] = high[i]!
    if (low[i]! < out.low[bar]!) out.low[bar] = low[i]!
    out.close[bar] = close[i]!
    out.volume[bar]! += volume[i]!
  }
  return out
}

const countBars = (time: Float64Array, toMs: number): number => {
  let bars = 0
  let nextOpen = Number.NEGATIVE_INFINITY
  for (let i = 0; i < time.length; i++) {
    if (time[i]! < nextOpen) continue
    bars++
    nextOpen = barOpenAt(time[i]!, toMs) + toMs
  }
  return bars
}
