import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'

/** Two running sums: dropping the plain sum from the weighted one lowers every weight by one. */
const fillWma = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period - 1)
  const bars = x.length
  if (bars < period) return
  const divider = (period * (period + 1)) / 2
  let weighted = 0
  let plain = 0
  for (let i = 0; i < period - 1; i++) {
    plain += x[i]!
    weighted += x[i]! * (i + 1)
  }
  let dropped = 0
  for (let i = period - 1, oldest = 0; i < bars; i++, oldest++) {
    const value = x[i]!
    plain = plain + value - dropped
    weighted += value * period
    dropped = x[oldest]!
    out[i] = weighted / divider
    weighted -= plain
  }
}

interface WmaState {
  readonly window: Window
  /** Values taken in, counted up to the first mean. */
  seen: number
  plain: number
  weighted: number
  /** What has left the window, still to be taken off the plain sum. */
  dropped: number
}

const nextWma = (state: WmaState, value: number): number => {
  const { window } = state
  const period = window.values.length
  push(window, value)
  if (state.seen < period) state.seen++
  state.plain = state.plain + value - state.dropped
  state.weighted += value * state.seen
  if (state.seen < period) return Number.NaN
  state.dropped = oldestOf(window)
  const mean = state.weighted / ((period * (period + 1)) / 2)
  state.weighted -= state.plain
  return mean
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period') - 1

/** Moving average with the weights 1..period, the newest weighing most; in units of its source. */
export const wma: IndicatorDefinition = {
  type: 'wma',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ source }, params, out) => fillWma(source, parameterOf(params, 'period'), out[0]!),
  stream: defineStream<WmaState>({
    start: (params) => {
      const window = startWindow(parameterOf(params, 'period'))
      return { window, seen: 0, plain: 0, weighted: 0, dropped: 0 }
    },
    next: (state, { source }, out) => {
      out[0] = nextWma(state, source)
    },
  }),
}
