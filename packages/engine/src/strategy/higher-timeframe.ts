import { computeIndicator } from '../indicators/index.ts'
import { invariant } from '../kernel/index.ts'
import { CANDLE_COLUMNS, type CandleColumn, type Candles, resampleCandles } from '../market/index.ts'
import type { IndicatorPlan } from './program.ts'

/** What is needed of a series: its bars, their length where known, and room for what is computed once. */
interface BaseSeries {
  readonly candles: Candles
  readonly barMs: number | undefined
  readonly columnsOf: (key: string, compute: () => readonly Float64Array[]) => readonly Float64Array[]
}

/** A series with the longer bars made of it; both lengths in ms. */
interface Timeframes {
  readonly base: Candles
  readonly baseMs: number
  readonly higher: Candles
  readonly higherMs: number
}

/** The longer bars, of whatever bars there are: those inside a gap are missing, the first and last may be partial. */
const higherCandles = (series: BaseSeries, baseMs: number, higherMs: number): Candles => {
  const columns = series.columnsOf(`candles/${higherMs}`, () => {
    const options = { toMs: higherMs, fromMs: baseMs, incompleteEdges: 'keep' } as const
    const resampled = resampleCandles(series.candles, options)
    invariant(resampled.ok, 'a timeframe is a whole multiple of the bar length')
    return CANDLE_COLUMNS.map((name) => resampled.value[name])
  })
  const column = (name: CandleColumn): Float64Array => columns[CANDLE_COLUMNS.indexOf(name)] as Float64Array
  return {
    time: column('time'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

/** Null where the indicator runs on the candles themselves, or there are too few of them to know their length. */
const timeframesOf = (series: BaseSeries, higherMs: number | undefined): Timeframes | null => {
  const { candles: base, barMs: baseMs } = series
  if (higherMs === undefined || baseMs === undefined || higherMs === baseMs) return null
  return { base, baseMs, higher: higherCandles(series, baseMs, higherMs), higherMs }
}

/** Gives every bar the value of the last higher bar that is closed at its own close, NaN before the first. */
const spread = (line: Float64Array, { base, baseMs, higher, higherMs }: Timeframes): Float64Array => {
  const out = new Float64Array(base.time.length)
  let next = 0
  let value = Number.NaN
  let nextCloseMs = higher.time[0]! + higherMs
  for (let bar = 0; bar < out.length; bar++) {
    const closeMs = base.time[bar]! + baseMs
    // Beyond the last higher bar `nextCloseMs` is NaN, and the comparison false.
    while (nextCloseMs <= closeMs) {
      value = line[next]!
      next++
      nextCloseMs = higher.time[next]! + higherMs
    }
    out[bar] = value
  }
  return out
}

/** The lines of an indicator, aligned with the bars of the candles. */
export const computeLines = (series: BaseSeries, indicator: IndicatorPlan): readonly Float64Array[] => {
  const timeframes = timeframesOf(series, indicator.timeframeMs)
  if (timeframes !== null) {
    return computeIndicator(timeframes.higher, indicator).map((line) => spread(line, timeframes))
  }
  const lines = computeIndicator(series.candles, indicator)
  const isUnknown = indicator.timeframeMs !== undefined && series.barMs === undefined
  return isUnknown ? lines.map((line) => line.fill(Number.NaN)) : lines
}

/** First bar of the candles that sees the value of bar `index` of the timeframe; Infinity when none does. */
export const closedFrom = (series: BaseSeries, timeframeMs: number | undefined, index: number): number => {
  const timeframes = timeframesOf(series, timeframeMs)
  if (timeframes === null) {
    return timeframeMs !== undefined && series.barMs === undefined ? Infinity : index
  }
  const { base, baseMs, higher, higherMs } = timeframes
  if (index >= higher.time.length) return Infinity
  const closeMs = higher.time[index]! + higherMs
  const bar = base.time.findIndex((openMs) => openMs + baseMs >= closeMs)
  return bar < 0 ? Infinity : bar
}
