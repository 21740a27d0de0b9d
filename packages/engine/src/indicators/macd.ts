import {
  defineStream,
  type IndicatorDefinition,
  type IndicatorParams,
  type IndicatorStream,
} from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, warmUp } from './warm-up.ts'

interface MacdPeriods {
  readonly fast: number
  readonly slow: number
  readonly signal: number
}

/** A fast period above the slow one is taken for a mix-up and swapped, as TA-Lib does. */
const periodsOf = (params: IndicatorParams): MacdPeriods => {
  const fast = parameterOf(params, 'fast')
  const slow = parameterOf(params, 'slow')
  return { fast: Math.min(fast, slow), slow: Math.max(fast, slow), signal: parameterOf(params, 'signal') }
}

const lookbackOf = ({ slow, signal }: MacdPeriods): number => slow + signal - 2

interface MacdState {
  readonly periods: MacdPeriods
  /** Values taken in, counted up to the one after the first output. */
  seen: number
  fast: number
  slow: number
  /** The signal; before the first one, the sum of the spreads so far. */
  signal: number
}

/** Both averages are seeded so that their seeds end on bar slow - 1: the fast one does not start earlier. */
const addToMeans = (state: MacdState, value: number): void => {
  const { fast, slow } = state.periods
  if (state.seen > slow) {
    state.fast = (value - state.fast) * emaAlpha(fast) + state.fast
    state.slow = (value - state.slow) * emaAlpha(slow) + state.slow
    return
  }
  state.slow += value
  if (state.seen > slow - fast) state.fast += value
  if (state.seen < slow) return
  state.fast /= fast
  state.slow /= slow
}

const stream: IndicatorStream<MacdState> = {
  start: (params) => ({ periods: periodsOf(params), seen: 0, fast: 0, slow: 0, signal: 0 }),
  next: (state, { source }, out) => {
    const { periods } = state
    const first = lookbackOf(periods)
    const isDefined = state.seen > first
    if (state.seen <= first + 1) state.seen++
    addToMeans(state, source)
    const spread = state.fast - state.slow
    if (isDefined) state.signal = (spread - state.signal) * emaAlpha(periods.signal) + state.signal
    else if (state.seen >= periods.slow) state.signal += spread
    if (state.seen <= first) {
      out.fill(Number.NaN)
      return
    }
    if (!isDefined) state.signal /= periods.signal
    out[0] = spread
    out[1] = state.signal
    out[2] = spread - state.signal
  },
}

type MacdLines = readonly [macd: Float64Array, signal: Float64Array, histogram: Float64Array]

/** `means` are fast, slow and signal at the first bar that has all three, which is bar `first`. */
type MacdSeed = readonly [first: number, alphas: Float64Array, means: Float64Array]

const fillMacd = (
  x: Float64Array,
  [first, alphas, means]: MacdSeed,
  [macdLine, signalLine, histogram]: MacdLines,
): void => {
  const fastAlpha = alphas[0]!
  const slowAlpha = alphas[1]!
  const signalAlpha = alphas[2]!
  const bars = x.length
  let fast = means[0]!
  let slow = means[1]!
  let signal = means[2]!
  for (let i = first + 1; i < bars; i++) {
    const value = x[i]!
    fast = (value - fast) * fastAlpha + fast
    slow = (value - slow) * slowAlpha + slow
    const spread = fast - slow
    signal = (spread - signal) * signalAlpha + signal
    macdLine[i] = spread
    signalLine[i] = signal
    histogram[i] = spread - signal
  }
}

/** Moving average convergence divergence, in units of its source; all three lines start at slow + signal - 2. */
export const macd: IndicatorDefinition = {
  type: 'macd',
  parameters: [periodParameter('fast', 2), periodParameter('slow', 2), periodParameter('signal', 1)],
  lines: ['macd', 'signal', 'histogram'],
  takesSource: true,
  lookback: (params) => lookbackOf(periodsOf(params)),
  stabilisation: (params) => {
    const periods = periodsOf(params)
    return lookbackOf(periods) + fadeBars(emaAlpha(periods.slow)) + fadeBars(emaAlpha(periods.signal))
  },
  compute: (input, params, out) => {
    const periods = periodsOf(params)
    const first = lookbackOf(periods)
    const { fast, slow, signal } = warmUp(stream, { input, params, bars: first + 1 }, out)
    const alphas = Float64Array.of(emaAlpha(periods.fast), emaAlpha(periods.slow), emaAlpha(periods.signal))
    const seed: MacdSeed = [first, alphas, Float64Array.of(fast, slow, signal)]
    fillMacd(input.source, seed, [out[0]!, out[1]!, out[2]!])
  },
  stream: defineStream(stream),
}
