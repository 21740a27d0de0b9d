import { atr, nextAtr, startAtr } from './atr.ts'
import { defineStream, type IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { ZERO_BELOW } from './zero.ts'

const percentOf = (range: number, close: number): number => (close < ZERO_BELOW ? 0 : (range / close) * 100)

/**
 * Average true range in percent of the close, comparable between markets; 0 while the close is 0 (TA-Lib's NATR, save
 * that a period of 1 gives percent here too).
 */
export const natr: IndicatorDefinition = {
  type: 'natr',
  parameters: [periodParameter('period', 1)],
  lines: ['value'],
  takesSource: false,
  lookback: atr.lookback,
  stabilisation: atr.stabilisation,
  compute: (input, params, out) => {
    atr.compute(input, params, out)
    const [column] = out
    const { close } = input.candles
    for (let i = parameterOf(params, 'period'); i < close.length; i++) {
      column![i] = percentOf(column![i]!, close[i]!)
    }
  },
  stream: defineStream({
    start: (params) => startAtr(parameterOf(params, 'period')),
    next: (state, bar, out) => {
      const range = nextAtr(state, bar)
      out[0] = Number.isNaN(range) ? range : percentOf(range, bar.close)
    },
  }),
}
