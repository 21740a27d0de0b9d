import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fillRangePosition, nextRangePosition, startRange } from './range-position.ts'
import { markUndefined } from './warm-up.ts'

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period') - 1

/** Williams %R: the close below the highest high in percent of the range, -100..0; 0 on a flat range. */
export const willr: IndicatorDefinition = {
  type: 'willr',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles }, params, out) => {
    markUndefined(out[0]!, lookbackOf(params))
    fillRangePosition(candles, [parameterOf(params, 'period'), 'high'], out[0]!)
  },
  stream: defineStream({
    start: (params) => startRange(parameterOf(params, 'period')),
    next: (state, bar, out) => {
      out[0] = nextRangePosition(state, bar, 'high')
    },
  }),
}
