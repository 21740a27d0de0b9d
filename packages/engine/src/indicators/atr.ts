import type { Candles } from '../market/index.ts'
import type { IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fadeBars, markUndefined } from './warm-up.ts'

/** The true range is the span of the bar together with the close before it; bar 0 has none. */
const fillAtr = ({ high, low, close }: Candles, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = close.length
  if (bars <= period) return
  let mean = 0
  let before = close[0]!
  for (let i = 1; i <= period; i++) {
    const top = high[i]!
    const bottom = low[i]!
    mean += (top > before ? top : before) - (bottom < before ? bottom : before)
    before = close[i]!
  }
  mean /= period
  out[period] = mean
  const kept = period - 1
  for (let i = period + 1; i < bars; i++) {
    const top = high[i]!
    const bottom = low[i]!
    const range = (top > before ? top : before) - (bottom < before ? bottom : before)
    before = close[i]!
    mean = (mean * kept + range) / period
    out[i] = mean
  }
}

/** Average true range (Wilder), in price units, seeded with the plain mean of the first `period` true ranges. */
export const atr: IndicatorDefinition = {
  type: 'atr',
  parameters: [periodParameter('period', 1)],
  lines: ['value'],
  takesSource: false,
  lookback: (params) => parameterOf(params, 'period'),
  stabilisation: (params) => {
    const period = parameterOf(params, 'period')
    return period + fadeBars(1 / period)
  },
  compute: ({ candles }, params, out) => fillAtr(candles, parameterOf(params, 'period'), out[0]!),
}
