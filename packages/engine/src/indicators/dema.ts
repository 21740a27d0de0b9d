import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { type EmaState, fillEma, nextEma, startEma } from './ema.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'

interface DemaState {
  readonly first: EmaState
  readonly second: EmaState
}

const start = (period: number): DemaState => ({ first: startEma(period), second: startEma(period) })

const next = ({ first, second }: DemaState, value: number): number => {
  const mean = nextEma(first, value)
  // The second mean is seeded with the first `period` values of the first one (TA-Lib's chain).
  return Number.isNaN(mean) ? mean : 2 * mean - nextEma(second, mean)
}

const fillDema = (x: Float64Array, period: number, out: Float64Array): void => {
  const alpha = emaAlpha(period)
  const first = 2 * (period - 1)
  fillEma(x, period, out)
  let twice = 0
  for (let i = period - 1; i < out.length; i++) {
    const once = out[i]!
    if (i > first) twice = (once - twice) * alpha + twice
    else {
      twice += once
      if (i < first) continue
      twice /= period
    }
    out[i] = 2 * once - twice
  }
  markUndefined(out, first)
}

const lookbackOf = (params: IndicatorParams): number => 2 * (parameterOf(params, 'period') - 1)

/**
 * Double exponential moving average, in units of its source: 2 EMA - EMA(EMA), which lags less than one EMA.
 * Formula: Patrick Mulloy, "Smoothing data with faster moving averages", TASC 12:1 (1994), seeded as TA-Lib's DEMA.
 */
export const dema: IndicatorDefinition = {
  type: 'dema',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: lookbackOf,
  stabilisation: (params) => lookbackOf(params) + 2 * fadeBars(emaAlpha(parameterOf(params, 'period'))),
  compute: ({ source }, params, [out]) => fillDema(source, parameterOf(params, 'period'), out!),
  stream: defineStream({
    start: (params) => start(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = next(state, source)
    },
  }),
}
