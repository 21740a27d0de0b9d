import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'
import { VARIANCE_ROUNDING, ZERO_BELOW } from './zero.ts'

type BandLines = readonly [upper: Float64Array, middle: Float64Array, lower: Float64Array]
type BandParams = readonly [period: number, stdDev: number]

/** Population variance as E[x^2] - E[x]^2 from running sums, each adding the newest before dropping the oldest. */
const fillBands = (
  x: Float64Array,
  [period, stdDev]: BandParams,
  [upper, middle, lower]: BandLines,
): void => {
  markUndefined(upper, period - 1)
  markUndefined(middle, period - 1)
  markUndefined(lower, period - 1)
  const bars = x.length
  if (bars < period) return
  // What Number() returns stays in a register; constants of modules and parameters are unboxed anew on every bar.
  const limit = Number(ZERO_BELOW)
  const rounding = Number(VARIANCE_ROUNDING)
  const deviations = Number(stdDev)
  let sum = 0
  let squares = 0
  for (let i = 0; i < period - 1; i++) {
    const value = x[i]!
    sum += value
    squares += value * value
  }
  for (let i = period - 1, oldest = 0; i < bars; i++, oldest++) {
    const value = x[i]!
    sum += value
    squares += value * value
    const mean = sum / period
    const meanSquare = mean * mean
    const variance = squares / period - meanSquare
    // The width is made in any case: what only one branch reads would be unboxed anew on every bar.
    const width = Math.sqrt(variance) * deviations
    const reach = variance < Math.min(meanSquare * rounding, limit) ? 0 : width
    upper[i] = mean + reach
    middle[i] = mean
    lower[i] = mean - reach
    const dropped = x[oldest]!
    sum -= dropped
    squares -= dropped * dropped
  }
}

interface BandState {
  readonly window: Window
  readonly stdDev: number
  missing: number
  sum: number
  squares: number
}

const nextBands = (state: BandState, value: number, out: Float64Array): void => {
  const { window } = state
  const period = window.values.length
  push(window, value)
  const sum = state.sum + value
  const squares = state.squares + value * value
  const dropped = oldestOf(window)
  state.sum = sum - dropped
  state.squares = squares - dropped * dropped
  if (state.missing > 0) state.missing--
  if (state.missing > 0) {
    out.fill(Number.NaN)
    return
  }
  const mean = sum / period
  const meanSquare = mean * mean
  const variance = squares / period - meanSquare
  const isFlat = variance < Math.min(meanSquare * VARIANCE_ROUNDING, ZERO_BELOW)
  const width = isFlat ? 0 : Math.sqrt(variance) * state.stdDev
  out[0] = mean + width
  out[1] = mean
  out[2] = mean - width
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period') - 1

/** Bollinger bands: a simple mean and `stdDev` population standard deviations around it, in units of the source. */
export const bbands: IndicatorDefinition = {
  type: 'bbands',
  parameters: [periodParameter('period', 2), { name: 'stdDev', integer: false, min: 0, max: 1_000_000 }],
  lines: ['upper', 'middle', 'lower'],
  takesSource: true,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ source }, params, out) => {
    const settings: BandParams = [parameterOf(params, 'period'), parameterOf(params, 'stdDev')]
    fillBands(source, settings, [out[0]!, out[1]!, out[2]!])
  },
  stream: defineStream<BandState>({
    start: (params) => {
      const period = parameterOf(params, 'period')
      const window = startWindow(period)
      return { window, stdDev: parameterOf(params, 'stdDev'), missing: period, sum: 0, squares: 0 }
    },
    next: (state, { source }, out) => nextBands(state, source, out),
  }),
}
