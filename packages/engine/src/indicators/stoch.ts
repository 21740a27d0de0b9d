import type { Candles } from '../market/index.ts'
import {
  defineStream,
  type IndicatorBar,
  type IndicatorDefinition,
  type IndicatorParams,
} from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fillRangePosition, nextRangePosition, type RangeState, startRange } from './range-position.ts'
import { fillSmaFrom, type MeanState, nextMean, startMean } from './sma.ts'
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

/** The raw position is kept in the D column until K is done, so no third column is needed. */
const fillStoch = (candles: Candles, periods: StochPeriods, [k, d]: readonly Float64Array[]): void => {
  const { kPeriod, kSmooth, dPeriod } = periods
  const lookback = kPeriod + kSmooth + dPeriod - 3
  if (candles.close.length > lookback) {
    fillRangePosition(candles, [kPeriod, 'low'], d!)
    fillSmaFrom(kPeriod - 1, [d!, k!], kSmooth)
    fillSmaFrom(kPeriod + kSmooth - 2, [k!, d!], dPeriod)
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
