import type { Candles } from '../market/index.ts'
import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'
import { push, startWindow, type Window } from './window.ts'

/**
 * The mean is summed afresh for every bar, over a ring that bar i enters at slot i mod period. That order of
 * summation is TA-Lib's, and it shows: a running sum rounds differently, and near zero the quotient magnifies it.
 */
const fillCci = ({ high, low, close }: Candles, period: number, out: Float64Array): void => {
  markUndefined(out, period - 1)
  const bars = close.length
  if (bars < period) return
  const ring = new Float64Array(period)
  for (let i = 0, slot = 0; i < bars; i++) {
    const typical = (high[i]! + low[i]! + close[i]!) / 3
    ring[slot] = typical
    slot = slot + 1 === period ? 0 : slot + 1
    if (i < period - 1) continue
    out[i] = distanceIn(ring, typical)
  }
}

const distanceIn = (ring: Float64Array | readonly number[], typical: number): number => {
  const period = ring.length
  let sum = 0
  for (let j = 0; j < period; j++) sum += ring[j]!
  const mean = sum / period
  let deviation = 0
  for (let j = 0; j < period; j++) deviation += Math.abs(ring[j]! - mean)
  const distance = typical - mean
  return distance === 0 || deviation === 0 ? 0 : distance / (0.015 * (deviation / period))
}

interface CciState {
  readonly window: Window
  missing: number
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period') - 1

/** Commodity channel index: the typical price's distance from its mean in units of 0.015 mean deviations. */
export const cci: IndicatorDefinition = {
  type: 'cci',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles }, params, out) => fillCci(candles, parameterOf(params, 'period'), out[0]!),
  stream: defineStream<CciState>({
    start: (params) => {
      const period = parameterOf(params, 'period')
      return { window: startWindow(period), missing: period }
    },
    next: (state, { high, low, close }, out) => {
      const typical = (high + low + close) / 3
      push(state.window, typical)
      if (state.missing > 0) state.missing--
      out[0] = state.missing > 0 ? Number.NaN : distanceIn(state.window.values, typical)
    },
  }),
}
