import { defineStream, type IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'

/** Running mean of `period` values: the newest is added, the mean taken, the oldest subtracted (TA-Lib's order). */
export const fillSma = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period - 1)
  const bars = x.length
  if (bars < period) return
  let sum = 0
  for (let i = 0; i < period - 1; i++) sum += x[i]!
  for (let i = period - 1, oldest = 0; i < bars; i++, oldest++) {
    sum += x[i]!
    out[i] = sum / period
    sum -= x[oldest]!
  }
}

/** A running mean in the making; the window's empty places are zeros, which leave the sum as it is. */
export interface MeanState {
  readonly window: Window
  /** Values still missing until the first mean. */
  missing: number
  sum: number
}

export const startMean = (period: number): MeanState => ({
  window: startWindow(period),
  missing: period,
  sum: 0,
})

/** The same over x[first..], written to `out` from index first + period - 1 on. */
export const fillSmaFrom = (
  first: number,
  [x, out]: readonly [Float64Array, Float64Array],
  period: number,
): void => fillSma(x.subarray(first), period, out.subarray(first))

/** The mean of the last `period` values, NaN before there are as many; bit for bit what `fillSma` gives. */
export const nextMean = (state: MeanState, value: number): number => {
  const { window } = state
  push(window, value)
  const sum = state.sum + value
  state.sum = sum - oldestOf(window)
  if (state.missing > 0) state.missing--
  return state.missing > 0 ? Number.NaN : sum / window.values.length
}

/** Simple moving average, in units of its source. */
export const sma: IndicatorDefinition = {
  type: 'sma',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period') - 1,
  stabilisation: (params) => parameterOf(params, 'period') - 1,
  compute: ({ source }, params, out) => fillSma(source, parameterOf(params, 'period'), out[0]!),
  stream: defineStream({
    start: (params) => startMean(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = nextMean(state, source)
    },
  }),
}
