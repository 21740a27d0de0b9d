import type { Candles } from '../market/index.ts'
import {
  defineStream,
  type IndicatorBar,
  type IndicatorDefinition,
  type IndicatorStream,
} from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fadeBars, warmUp } from './warm-up.ts'
import { wilderKept, wilderTaken } from './wilder.ts'

/** An average true range in the making. */
export interface AtrState {
  readonly period: number
  /** The close before; null before the first bar, which has no true range. */
  before: number | null
  /** True ranges still missing in the seed; until it is complete, `mean` is its sum. */
  missing: number
  mean: number
}

export const startAtr = (period: number): AtrState => ({ period, before: null, missing: period, mean: 0 })

/** The average true range after a bar, NaN while the seed is incomplete. */
export const nextAtr = (state: AtrState, { high, low, close }: IndicatorBar): number => {
  const { period, before } = state
  state.before = close
  if (before === null) return Number.NaN
  const range = (high > before ? high : before) - (low < before ? low : before)
  if (state.missing === 0) {
    return (state.mean = state.mean * wilderKept(period) + range * wilderTaken(period))
  }
  state.mean += range
  state.missing--
  return state.missing > 0 ? Number.NaN : (state.mean /= period)
}

const stream: IndicatorStream<AtrState> = {
  start: (params) => startAtr(parameterOf(params, 'period')),
  next: (state, bar, out) => {
    out[0] = nextAtr(state, bar)
  },
}

/** Goes on from the seed at bar `period`. The true range is the span of the bar together with the close before it. */
const fillAtr = ({ high, low, close }: Candles, period: number, out: Float64Array): void => {
  const kept = wilderKept(period)
  const taken = wilderTaken(period)
  const bars = close.length
  let mean = out[period]!
  let before = close[period]!
  for (let i = period + 1; i < bars; i++) {
    const top = high[i]!
    const bottom = low[i]!
    const range = (top > before ? top : before) - (bottom < before ? bottom : before)
    before = close[i]!
    mean = mean * kept + range * taken
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
  compute: (input, params, out) => {
    const period = parameterOf(params, 'period')
    warmUp(stream, { input, params, bars: period + 1 }, out)
    fillAtr(input.candles, period, out[0]!)
  },
  stream: defineStream(stream),
}
