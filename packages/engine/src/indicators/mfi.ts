import type { Candles } from '../market/index.ts'
import type { IndicatorDefinition, IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'

/** TA-Lib calls a window with less money flow than this empty. */
const FLOW_MIN = 1

/**
 * The flow of a bar is its typical price times its volume, signed by the move of the typical price. A ring keeps
 * the signed flows of the window; the oldest leaves the sums before the newest enters (TA-Lib's order).
 */
const fillMfi = ({ high, low, close, volume }: Candles, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = close.length
  if (bars <= period) return
  const ring = new Float64Array(period)
  let before = (high[0]! + low[0]! + close[0]!) / 3
  let rising = 0
  let falling = 0
  for (let i = 1, slot = 0; i < bars; i++) {
    const typical = (high[i]! + low[i]! + close[i]!) / 3
    const move = typical - before
    const size = typical * volume[i]!
    const flow = move > 0 ? size : move < 0 ? -size : 0
    before = typical
    const dropped = ring[slot]!
    rising -= dropped > 0 ? dropped : 0
    falling += dropped < 0 ? dropped : 0
    ring[slot] = flow
    rising += flow > 0 ? flow : 0
    falling -= flow < 0 ? flow : 0
    slot = slot + 1 === period ? 0 : slot + 1
    if (i < period) continue
    const total = rising + falling
    out[i] = total < FLOW_MIN ? 0 : 100 * (rising / total)
  }
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period')

/** Money flow index, 0..100: the share of rising money flow over `period` bars; 0 while the flow is below 1. */
export const mfi: IndicatorDefinition = {
  type: 'mfi',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles }, params, out) => fillMfi(candles, parameterOf(params, 'period'), out[0]!),
}
