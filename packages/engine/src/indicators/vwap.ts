import type { Candles } from '../market/index.ts'
import { defineStream, type IndicatorDefinition } from './definition.ts'

const DAY_MS = 86_400_000

const endOfDay = (timeMs: number): number => (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS

const fillVwap = ({ time, high, low, close, volume }: Candles, out: Float64Array): void => {
  const bars = close.length
  let sessionEnd = Number.NEGATIVE_INFINITY
  let turnover = 0
  let traded = 0
  for (let i = 0; i < bars; i++) {
    if (time[i]! >= sessionEnd) {
      sessionEnd = endOfDay(time[i]!)
      turnover = 0
      traded = 0
    }
    turnover += ((high[i]! + low[i]! + close[i]!) / 3) * volume[i]!
    traded += volume[i]!
    out[i] = traded === 0 ? Number.NaN : turnover / traded
  }
}

interface VwapState {
  /** The end of the day, epoch ms; null before the first bar. */
  sessionEnd: number | null
  turnover: number
  traded: number
}

/**
 * Volume-weighted average of the typical price since 00:00 UTC, in price units. It has no value until the first
 * trade of its day, so a day may begin with undefined bars.
 */
export const vwap: IndicatorDefinition = {
  type: 'vwap',
  parameters: [],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles }, _params, out) => fillVwap(candles, out[0]!),
  stream: defineStream<VwapState>({
    start: () => ({ sessionEnd: null, turnover: 0, traded: 0 }),
    next: (state, { time, high, low, close, volume }, out) => {
      if (state.sessionEnd === null || time >= state.sessionEnd) {
        state.sessionEnd = endOfDay(time)
        state.turnover = 0
        state.traded = 0
      }
      state.turnover += ((high + low + close) / 3) * volume
      state.traded += volume
      out[0] = state.traded === 0 ? Number.NaN : state.turnover / state.traded
    },
  }),
}
