import type { Candles } from '../market/index.ts'
import {
  defineStream,
  type IndicatorBar,
  type IndicatorDefinition,
  type IndicatorParams,
} from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fillRangePosition, nextRangePosition, type RangeState, startRange } from './range-position.ts'
import { type MeanState, nextMean, startMean } from './sma.ts'
import { markUndefined } from './warm-up.ts'

interface StochPeriods {
  readonly kPeriod: number
  readonly kSmooth: number
  readonly dPeriod: number
}

const periodsOf = (params: IndicatorParams): StochPeriods => ({
  kPeriod: parameterOf(params, 'kPeriod'),
  kSmooth: parameterOf(params, 'kSmooth'),
  dPeriod: parameterOf(params, 'dPeriod'),
})

const lookbackOf = (params: IndicatorParams): number => {
  const { kPeriod, kSmooth, dPeriod } = periodsOf(params)
  return kPeriod + kSmooth + dPeriod - 3
}

/** Running mean of x[first..] written to `out` from index first + period - 1 on, in the order of `fillSma`. */
export const smoothFrom = (
  x: Float64Array,
  window: { readonly first: number; readonly period: number },
  out: Float64Array,
) => {
  const { first, period } = window
  const bars = x.length
  let sum = 0
  for (let i = first; i < first + period - 1; i++) sum += x[i]!
  for (let i = first + period - 1, oldest = first; i < bars; i++, oldest++) {
    sum += x[i]!
    out[i] = sum / period
    sum -= x[oldest]!
  }
}

/** The raw position is kept in the D column until K is done, so no third column is needed. */
const fillStoch = (candles: Candles, periods: StochPeriods, [k, d]: readonly Float64Array[]): void => {
  const { kPeriod, kSmooth, dPeriod } = periods
  const lookback = kPeriod + kSmooth + dPeriod - 3
  if (candles.close.length > lookback) {
    fillRangePosition(candles, { bars: kPeriod, from: 'low' }, d!)
    smoothFrom(d!, { first: kPeriod - 1, period: kSmooth }, k!)
    smoothFrom(k!, { first: kPeriod + kSmooth - 2, period: dPeriod }, d!)
  }
  markUndefined(k!, lookback)
  markUndefined(d!, lookback)
}

interface StochState {
  readonly range: RangeState
  readonly k: MeanState
  readonly d: MeanState
}

const nextStoch = (state: StochState, bar: IndicatorBar, out: Float64Array): void => {
  out.fill(Number.NaN)
  const position = nextRangePosition(state.range, bar, 'low')
  if (Number.isNaN(position)) return
  const k = nextMean(state.k, position)
  if (Number.isNaN(k)) return
  const d = nextMean(state.d, k)
  if (Number.isNaN(d)) return
  out[0] = k
  out[1] = d
}

/**
 * Slow stochastic, 0..100, 0 on a flat range: K is the simple mean of `kSmooth` raw positions in the range of
 * `kPeriod` bars, D the simple mean of `dPeriod` Ks. Both lines start where D does.
 */
export const stoch: IndicatorDefinition = {
  type: 'stoch',
  parameters: [periodParameter('kPeriod', 1), periodParameter('kSmooth', 1), periodParameter('dPeriod', 1)],
  lines: ['k', 'd'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles }, params, out) => fillStoch(candles, periodsOf(params), out),
  stream: defineStream<StochState>({
    start: (params) => {
      const { kPeriod, kSmooth, dPeriod } = periodsOf(params)
      return { range: startRange(kPeriod), k: startMean(kSmooth), d: startMean(dPeriod) }
    },
    next: nextStoch,
  }),
}
