import type { Candles } from '../market/index.ts'
import type { IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fadeBars, markUndefined } from './warm-up.ts'
import { ZERO_BELOW } from './zero.ts'

interface DirectionLines {
  readonly adx: Float64Array
  readonly plus: Float64Array
  readonly minus: Float64Array
}

/**
 * Wilder sums of the one-bar moves: they start as the sum over bars 1..period-1, from bar `period` on they lose
 * a period-th and gain the new move. A bar without range, or without any move, leaves ADX as it was.
 */
const fillAdx = ({ high, low, close }: Candles, period: number, out: DirectionLines): void => {
  const { adx: adxLine, plus: plusLine, minus: minusLine } = out
  const first = 2 * period - 1
  markUndefined(adxLine, first)
  markUndefined(plusLine, period)
  markUndefined(minusLine, period)
  const bars = close.length
  const limit = ZERO_BELOW
  const kept = period - 1
  let plus = 0
  let minus = 0
  let range = 0
  let mean = 0
  for (let i = 1; i < bars; i++) {
    const up = high[i]! - high[i - 1]!
    const down = low[i - 1]! - low[i]!
    const before = close[i - 1]!
    const top = high[i]! > before ? high[i]! : before
    const bottom = low[i]! < before ? low[i]! : before
    const plusMove = up > down && up > 0 ? up : 0
    const minusMove = down > up && down > 0 ? down : 0
    if (i < period) {
      plus += plusMove
      minus += minusMove
      range += top - bottom
      continue
    }
    plus = plus - plus / period + plusMove
    minus = minus - minus / period + minusMove
    range = range - range / period + (top - bottom)
    const hasRange = range >= limit
    const plusIndicator = hasRange ? 100 * (plus / range) : 0
    const minusIndicator = hasRange ? 100 * (minus / range) : 0
    plusLine[i] = plusIndicator
    minusLine[i] = minusIndicator
    const total = plusIndicator + minusIndicator
    const isMoving = total >= limit
    const strength = isMoving ? 100 * (Math.abs(minusIndicator - plusIndicator) / total) : 0
    if (i <= first) {
      mean += strength
      if (i < first) continue
      mean /= period
    } else if (isMoving) {
      mean = (mean * kept + strength) / period
    }
    adxLine[i] = mean
  }
}

/**
 * Average directional index (Wilder), 0..100, with the two directional indicators it is made of. The first ADX
 * (bar 2 * period - 1) is the plain mean of `period` directional strengths; the indicators start at bar `period`.
 */
export const adx: IndicatorDefinition = {
  type: 'adx',
  parameters: [periodParameter('period', 2)],
  lines: ['adx', 'plusDI', 'minusDI'],
  takesSource: false,
  lookback: (params) => 2 * parameterOf(params, 'period') - 1,
  lineLookbacks: (params) => {
    const period = parameterOf(params, 'period')
    return [2 * period - 1, period, period]
  },
  stabilisation: (params) => {
    const period = parameterOf(params, 'period')
    return 2 * period - 1 + 2 * fadeBars(1 / period)
  },
  compute: ({ candles }, params, out) => {
    fillAdx(candles, parameterOf(params, 'period'), { adx: out[0]!, plus: out[1]!, minus: out[2]! })
  },
}
