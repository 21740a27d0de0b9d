import { defineStream, type IndicatorDefinition, type IndicatorParams } from './definition.ts'
import { type ExtremeState, fillHighest, fillLowest, nextExtreme, startExtreme } from './extreme.ts'
import { parameterOf, periodParameter } from './parameters.ts'

interface DonchianState {
  readonly highs: ExtremeState
  readonly lows: ExtremeState
}

const start = (params: IndicatorParams): DonchianState => {
  const period = parameterOf(params, 'period')
  return { highs: startExtreme(period, 1), lows: startExtreme(period, -1) }
}

const lookbackOf = (params: IndicatorParams): number => parameterOf(params, 'period') - 1

/**
 * Donchian channel, in price units: the highest high and the lowest low of the last `period` bars, the current one
 * among them, and their mean. A breakout compares with the bar before: `{"ref":"channel.upper","offset":1}`.
 */
export const donchian: IndicatorDefinition = {
  type: 'donchian',
  parameters: [periodParameter('period', 1)],
  lines: ['upper', 'middle', 'lower'],
  takesSource: false,
  lookback: lookbackOf,
  stabilisation: lookbackOf,
  compute: ({ candles: { high, low } }, params, [upper, middle, lower]) => {
    const period = parameterOf(params, 'period')
    fillHighest(high, period, upper!)
    fillLowest(low, period, lower!)
    for (let i = 0; i < high.length; i++) middle![i] = (upper![i]! + lower![i]!) / 2
  },
  stream: defineStream({
    start,
    next: ({ highs, lows }, { high, low }, out) => {
      const top = nextExtreme(highs, high)
      const bottom = nextExtreme(lows, low)
      out[0] = top
      out[1] = (top + bottom) / 2
      out[2] = bottom
    },
  }),
}
