import type { IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined, fadeBars } from './warm-up.ts'
import { ZERO_BELOW } from './zero.ts'

/**
 * Gains and losses are carried doubled (|d| + d and |d| - d): that is exact, needs no branch on the sign of a
 * change, which no processor can predict, and cancels in the quotient.
 */
const fillRsi = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = x.length
  if (bars <= period) return
  let gain = 0
  let loss = 0
  let previous = x[0]!
  for (let i = 1; i <= period; i++) {
    const change = x[i]! - previous
    const size = Math.abs(change)
    previous = x[i]!
    gain += size + change
    loss += size - change
  }
  gain /= period
  loss /= period
  const limit = 2 * ZERO_BELOW
  out[period] = gain + loss < limit ? 0 : 100 * (gain / (gain + loss))
  const kept = period - 1
  for (let i = period + 1; i < bars; i++) {
    const value = x[i]!
    const change = value - previous
    const size = Math.abs(change)
    previous = value
    gain = (gain * kept + (size + change)) / period
    loss = (loss * kept + (size - change)) / period
    const total = gain + loss
    out[i] = total < limit ? 0 : 100 * (gain / total)
  }
}

/** Relative strength index (Wilder), 0..100; 0 where nothing moved. First averages are plain means. */
export const rsi: IndicatorDefinition = {
  type: 'rsi',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period'),
  stabilisation: (params) => {
    const period = parameterOf(params, 'period')
    return period + fadeBars(1 / period)
  },
  compute: ({ source }, params, out) => fillRsi(source, parameterOf(params, 'period'), out[0]!),
}
