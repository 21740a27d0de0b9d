import type { IndicatorDefinition, IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'

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
}
