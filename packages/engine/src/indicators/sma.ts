import type { IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'

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

/** Simple moving average, in units of its source. */
export const sma: IndicatorDefinition = {
  type: 'sma',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period') - 1,
  stabilisation: (params) => parameterOf(params, 'period') - 1,
  compute: ({ source }, params, out) => fillSma(source, parameterOf(params, 'period'), out[0]!),
}
