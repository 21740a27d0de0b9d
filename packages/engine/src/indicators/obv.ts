import type { Candles } from '../market/index.ts'
import { defineStream, type IndicatorDefinition } from './definition.ts'

/** The sign of the move, times the volume: no branch on a coin toss, and exact. */
const signed = (move: number, volume: number): number => (Number(move > 0) - Number(move < 0)) * volume

const fillObv = ({ close, volume }: Candles, out: Float64Array): void => {
  const bars = close.length
  if (bars === 0) return
  let balance = volume[0]!
  out[0] = balance
  for (let i = 1; i < bars; i++) {
    balance += signed(close[i]! - close[i - 1]!, volume[i]!)
    out[i] = balance
  }
}

interface ObvState {
  /** The close before; null before the first bar. */
  before: number | null
  balance: number
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
  stream: defineStream<ObvState>({
    start: () => ({ before: null, balance: 0 }),
    next: (state, { close, volume }, out) => {
      state.balance = state.before === null ? volume : state.balance + signed(close - state.before, volume)
      state.before = close
      out[0] = state.balance
    },
  }),
}
