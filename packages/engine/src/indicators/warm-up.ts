import type {
  IndicatorBar,
  IndicatorDefinition,
  IndicatorInput,
  IndicatorParams,
  IndicatorStream,
} from './definition.ts'

/** Marks the first `count` cells of a column as undefined. */
export const markUndefined = (column: Float64Array, count: number): void => {
  column.fill(Number.NaN, 0, Math.min(count, column.length))
}

/** Index of the first value of each line, in the order of `definition.lines`. */
export const lineLookbacks = (definition: IndicatorDefinition, params: IndicatorParams): readonly number[] =>
  definition.lineLookbacks?.(params) ?? definition.lines.map(() => definition.lookback(params))

/** What is left of a seed when it no longer counts, relative to its start. */
const FADED = 1e-6

/** Bars until the seed of a recursion `y += alpha * (x - y)` has faded below 1e-6; alpha in (0, 1]. */
export const fadeBars = (alpha: number): number =>
  alpha >= 1 ? 0 : Math.ceil(Math.log(FADED) / Math.log(1 - alpha))

/** Smoothing factor of an EMA of `period` bars. */
export const emaAlpha = (period: number): number => 2 / (period + 1)

const barAt = ({ candles, source }: IndicatorInput, i: number): IndicatorBar => ({
  time: candles.time[i]!,
  open: candles.open[i]!,
  high: candles.high[i]!,
  low: candles.low[i]!,
  close: candles.close[i]!,
  volume: candles.volume[i]!,
  source: source[i]!,
})

interface WarmUp {
  readonly input: IndicatorInput
  readonly params: IndicatorParams
  /** How many bars the seed takes; fewer where the series is shorter. */
  readonly bars: number
}

/**
 * Takes the first bars through the streaming form and returns the state it is in then: a batch form with an
 * intricate seed starts its loop from there.
 */
export const warmUp = <State>(
  stream: IndicatorStream<State>,
  { input, params, bars }: WarmUp,
  out: readonly Float64Array[],
): State => {
  const state = stream.start(params)
  const values = new Float64Array(out.length)
  const end = Math.min(bars, input.source.length)
  for (let i = 0; i < end; i++) {
    stream.next(state, barAt(input, i), values)
    for (let line = 0; line < out.length; line++) out[line]![i] = values[line]!
  }
  return state
}

/**
 * How many bars a long loop takes at once. They stay in the processor's nearest cache, and a runtime compiles a function
 * it enters often better than a long loop it has to enter in the middle, where it no longer knows which values are
 * numbers.
 *
 * What is compiled for a kind of object is thrown away when a garbage collection finds no object of that kind alive.
 * So a hot loop takes columns, numbers and tuples of them, whose kinds are always alive, and no object of its own.
 */
export const STRETCH_BARS = 1024
