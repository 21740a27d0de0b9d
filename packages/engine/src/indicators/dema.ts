import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { type EmaState, nextEma, startEma } from './ema.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars } from './warm-up.ts'

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
  compute: ({ source }, params, [out]) => {
    const state = start(parameterOf(params, 'period'))
    for (let i = 0; i < source.length; i++) out![i] = next(state, source[i]!)
  },
  stream: defineStream({
    start: (params) => start(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = next(state, source)
    },
  }),
}
