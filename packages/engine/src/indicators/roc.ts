import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'

const changeFrom = (base: number, value: number): number => (base === 0 ? 0 : (value / base - 1) * 100)

const fillRoc = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = x.length
  for (let i = period, oldest = 0; i < bars; i++, oldest++) out[i] = changeFrom(x[oldest]!, x[i]!)
}

interface RocState {
  readonly window: Window
  /** Values still to come before the window holds a base. */
  missing: number
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period')

/** Rate of change in percent over `period` bars; 0 where the base is 0. */
export const roc: IndicatorDefinition = {
  type: 'roc',
  parameters: [periodParameter('period', 1)],
  lines: ['value'],
  takesSource: true,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ source }, params, out) => fillRoc(source, parameterOf(params, 'period'), out[0]!),
  stream: defineStream<RocState>({
    start: (params) => {
      const period = parameterOf(params, 'period')
      return { window: startWindow(period), missing: period }
    },
    next: (state, { source }, out) => {
      const base = oldestOf(state.window)
      push(state.window, source)
      out[0] = state.missing > 0 ? Number.NaN : changeFrom(base, source)
      if (state.missing > 0) state.missing--
    },
  }),
}
