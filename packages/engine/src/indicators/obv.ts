import type { Candles } from '../market/index.ts'
import type { IndicatorDefinition } from './definition.ts'

const fillObv = ({ close, volume }: Candles, out: Float64Array): void => {
  const bars = close.length
  if (bars === 0) return
  let balance = volume[0]!
  out[0] = balance
  for (let i = 1; i < bars; i++) {
    // The sign of the move, times the volume: no branch on a coin toss, and exact.
    const move = close[i]! - close[i - 1]!
    balance += (Number(move > 0) - Number(move < 0)) * volume[i]!
    out[i] = balance
  }
}

/** On-balance volume: volume added on a rising close and taken off on a falling one; starts at bar 0's volume. */
export const obv: IndicatorDefinition = {
  type: 'obv',
  parameters: [],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles }, _params, out) => fillObv(candles, out[0]!),
}
