import { atr, type AtrState, nextAtr, startAtr } from './atr.ts'
import {
  defineStream,
  type IndicatorBar,
  type IndicatorDefinition,
  type IndicatorStream,
} from './definition.ts'
import { multiplierParameter, parameterOf, periodParameter } from './parameters.ts'
import { warmUp } from './warm-up.ts'

interface SupertrendState {
  readonly range: AtrState
  readonly multiplier: number
  /** 1 up, -1 down, 0 before the first bands. */
  direction: 1 | 0 | -1
  upper: number
  lower: number
}

/** A band is carried over until a nearer one comes or the close before has left it behind. */
const carryBands = (state: SupertrendState, { high, low }: IndicatorBar, reach: number, before: number) => {
  const middle = (high + low) / 2
  const upper = middle + reach
  const lower = middle - reach
  const isFirst = state.direction === 0
  if (isFirst || upper < state.upper || before > state.upper) state.upper = upper
  if (isFirst || lower > state.lower || before < state.lower) state.lower = lower
}

const turned = ({ direction, upper, lower }: SupertrendState, close: number): 1 | -1 => {
  if (direction === -1) return close > upper ? 1 : -1
  return direction === 1 && close < lower ? -1 : 1
}

const stream: IndicatorStream<SupertrendState> = {
  start: (params) => ({
    range: startAtr(parameterOf(params, 'period')),
    multiplier: parameterOf(params, 'multiplier'),
    direction: 0,
    upper: 0,
    lower: 0,
  }),
  next: (state, bar, out) => {
    const before = state.range.before ?? bar.close
    const range = nextAtr(state.range, bar)
    if (Number.isNaN(range)) {
      out.fill(range)
      return
    }
    carryBands(state, bar, state.multiplier * range, before)
    state.direction = turned(state, bar.close)
    out[0] = state.direction === 1 ? state.lower : state.upper
    out[1] = state.direction
  },
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
  compute: (input, params, out) => {
    warmUp(stream, { input, params, bars: input.source.length }, out)
  },
  stream: defineStream(stream),
}
