import type { IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'

const fillEma = (x: Float64Array, period: number, out: Float64Array): void => {
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
}
