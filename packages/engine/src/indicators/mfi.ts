import type { Candles } from '../market/index.ts'
import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'

/** TA-Lib calls a window with less money flow than this empty. */
const FLOW_MIN = 1

/** The flow of a bar is its typical price times its volume, signed by the move of the typical price. */
const flowOf = (typical: number, before: number, volume: number): number => {
  const size = typical * volume
  return typical > before ? size : typical < before ? 0 - size : 0
}

/** A ring keeps the flows of the window; the oldest leaves the sums before the newest enters (TA-Lib's order). */
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
    const flow = flowOf(typical, before, volume[i]!)
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

interface MfiState {
  readonly window: Window
  /** The typical price before; null before the first bar. */
  before: number | null
  /** Flows still missing until the window is full. */
  missing: number
  rising: number
  falling: number
}

const nextMfi = (state: MfiState, typical: number, volume: number): number => {
  const { window, before } = state
  state.before = typical
  if (before === null) return Number.NaN
  const flow = flowOf(typical, before, volume)
  const dropped = oldestOf(window)
  push(window, flow)
  state.rising -= dropped > 0 ? dropped : 0
  state.falling += dropped < 0 ? dropped : 0
  state.rising += flow > 0 ? flow : 0
  state.falling -= flow < 0 ? flow : 0
  if (state.missing > 0) state.missing--
  const total = state.rising + state.falling
  return state.missing > 0 ? Number.NaN : total < FLOW_MIN ? 0 : 100 * (state.rising / total)
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
  stream: defineStream<MfiState>({
    start: (params) => {
      const period = parameterOf(params, 'period')
      return { window: startWindow(period), before: null, missing: period, rising: 0, falling: 0 }
    },
    next: (state, { high, low, close, volume }, out) => {
      out[0] = nextMfi(state, (high + low + close) / 3, volume)
    },
  }),
}
