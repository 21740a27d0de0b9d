import { atr, type AtrState, nextAtr, startAtr } from './atr.ts'
import { defineStream, type IndicatorDefinition } from './definition.ts'
import { multiplierParameter, parameterOf, periodParameter } from './parameters.ts'
import { markUndefined } from './warm-up.ts'

interface Trend {
  /** 1 up, -1 down, 0 before the first bands. */
  direction: 1 | 0 | -1
  upper: number
  lower: number
}

interface TrendBar {
  middle: number
  /** Distance of the bands from the middle. */
  reach: number
  close: number
  /** The close before. */
  before: number
}

const startTrend = (): Trend => ({ direction: 0, upper: 0, lower: 0 })

/** A band is carried over until a nearer one comes or the close before has left it behind. Returns the one in force. */
const nextTrend = (trend: Trend, { middle, reach, close, before }: TrendBar): number => {
  const upper = middle + reach
  const lower = middle - reach
  const { direction } = trend
  if (direction === 0 || upper < trend.upper || before > trend.upper) trend.upper = upper
  if (direction === 0 || lower > trend.lower || before < trend.lower) trend.lower = lower
  if (direction === -1) trend.direction = close > trend.upper ? 1 : -1
  else trend.direction = direction === 1 && close < trend.lower ? -1 : 1
  return trend.direction === 1 ? trend.lower : trend.upper
}

interface SupertrendState {
  readonly range: AtrState
  readonly multiplier: number
  readonly trend: Trend
}

/**
 * Supertrend (Olivier Seban): a stop that trails the middle of the bars by `multiplier` average true ranges (Wilder).
 * `value` is the lower band while the close is above it and the upper one after it fell below, in price units;
 * `direction` is 1 in an up trend, as at the start, and -1 in a down trend. `stabilisation` is that of the average
 * range: a band that was carried over counts until the trend has turned.
 */
export const supertrend: IndicatorDefinition = {
  type: 'supertrend',
  parameters: [periodParameter('period', 1), multiplierParameter('multiplier')],
  lines: ['value', 'direction'],
  takesSource: false,
  lookback: atr.lookback,
  stabilisation: atr.stabilisation,
  compute: (input, params, [value, direction]) => {
    const { high, low, close } = input.candles
    const period = parameterOf(params, 'period')
    const multiplier = parameterOf(params, 'multiplier')
    const trend = startTrend()
    const bar: TrendBar = { middle: 0, reach: 0, close: 0, before: 0 }
    atr.compute(input, params, [value!])
    markUndefined(direction!, period)
    for (let i = period; i < close.length; i++) {
      bar.middle = (high[i]! + low[i]!) / 2
      bar.reach = multiplier * value![i]!
      bar.close = close[i]!
      bar.before = close[i - 1]!
      value![i] = nextTrend(trend, bar)
      direction![i] = trend.direction
    }
  },
  stream: defineStream<SupertrendState>({
    start: (params) => ({
      range: startAtr(parameterOf(params, 'period')),
      multiplier: parameterOf(params, 'multiplier'),
      trend: startTrend(),
    }),
    next: ({ range, multiplier, trend }, bar, out) => {
      const { high, low, close } = bar
      const before = range.before ?? close
      const reach = multiplier * nextAtr(range, bar)
      const isDefined = !Number.isNaN(reach)
      out[0] = isDefined ? nextTrend(trend, { middle: (high + low) / 2, reach, close, before }) : reach
      out[1] = isDefined ? trend.direction : reach
    },
  }),
}
