import { defineStream, type IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'

/** Exponential mean of factor 2/(period+1), seeded with the plain mean of its first `period` values. */
export const fillEma = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period - 1)
  const bars = x.length
  if (bars < period) return
  let sum = 0
  for (let i = 0; i < period; i++) sum += x[i]!
  const alpha = emaAlpha(period)
  let mean = sum / period
  out[period - 1] = mean
  for (let i = period; i < bars; i++) {
    mean = (x[i]! - mean) * alpha + mean
    out[i] = mean
  }
}

/** An exponential mean in the making: `mean` holds the sum of the seed while values of the seed are missing. */
export interface EmaState {
  readonly period: number
  missing: number
  mean: number
}

export const startEma = (period: number): EmaState => ({ period, missing: period, mean: 0 })

/** The exponential mean after `value`, NaN while the seed is incomplete; bit for bit what `fillEma` gives. */
export const nextEma = (state: EmaState, value: number): number => {
  const { period, mean } = state
  if (state.missing === 0) return (state.mean = (value - mean) * emaAlpha(period) + mean)
  state.missing--
  state.mean = mean + value
  if (state.missing > 0) return Number.NaN
  return (state.mean /= period)
}

/** Exponential moving average with factor 2/(period+1), seeded with the mean of its first `period` values. */
export const ema: IndicatorDefinition = {
  type: 'ema',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period') - 1,
  stabilisation: (params) => {
    const period = parameterOf(params, 'period')
    return period - 1 + fadeBars(emaAlpha(period))
  },
  compute: ({ source }, params, out) => fillEma(source, parameterOf(params, 'period'), out[0]!),
  stream: defineStream({
    start: (params) => startEma(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = nextEma(state, source)
    },
  }),
}
