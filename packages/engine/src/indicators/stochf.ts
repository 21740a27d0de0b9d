import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fillRangePosition, nextRangePosition, type RangeState, startRange } from './range-position.ts'
import { fillSmaFrom, type MeanState, nextMean, startMean } from './sma.ts'
import { markUndefined } from './warm-up.ts'

interface StochfState {
  readonly range: RangeState
  readonly d: MeanState
}

const lookbackOf = (params: IndicatorParams): number =>
  parameterOf(params, 'kPeriod') + parameterOf(params, 'dPeriod') - 2

/**
 * Fast stochastic, 0..100, 0 on a flat range: K is the position of the close in the range of `kPeriod` bars, D the
 * simple mean of `dPeriod` Ks. Both lines start where D does (George Lane's oscillator, as TA-Lib's STOCHF).
 */
export const stochf: IndicatorDefinition = {
  type: 'stochf',
  parameters: [periodParameter('kPeriod', 1), periodParameter('dPeriod', 1)],
  lines: ['k', 'd'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles }, params, [k, d]) => {
    const bars = parameterOf(params, 'kPeriod')
    fillRangePosition(candles, [bars, 'low'], k!)
    fillSmaFrom(bars - 1, [k!, d!], parameterOf(params, 'dPeriod'))
    markUndefined(k!, lookbackOf(params))
    markUndefined(d!, lookbackOf(params))
  },
  stream: defineStream<StochfState>({
    start: (params) => ({
      range: startRange(parameterOf(params, 'kPeriod')),
      d: startMean(parameterOf(params, 'dPeriod')),
    }),
    next: (state, bar, out) => {
      const k = nextRangePosition(state.range, bar, 'low')
      const d = Number.isNaN(k) ? k : nextMean(state.d, k)
      out[0] = Number.isNaN(d) ? d : k
      out[1] = d
    },
  }),
}
