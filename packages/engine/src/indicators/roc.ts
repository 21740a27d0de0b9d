import type { IndicatorDefinition, IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'

const fillRoc = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = x.length
  for (let i = period, oldest = 0; i < bars; i++, oldest++) {
    const base = x[oldest]!
    out[i] = base === 0 ? 0 : (x[i]! / base - 1) * 100
  }
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
}
