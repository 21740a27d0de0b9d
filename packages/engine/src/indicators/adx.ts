import type { Candles } from '../market/index.ts'
import {
  defineStream,
  type IndicatorBar,
  type IndicatorDefinition,
  type IndicatorStream,
} from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fadeBars, STRETCH_BARS, warmUp } from './warm-up.ts'
import { wilderKept, wilderTaken } from './wilder.ts'
import { ZERO_BELOW } from './zero.ts'

/**
 * Wilder sums of the one-bar moves: they start as the sum over bars 1..period-1, from bar `period` on they keep
 * all but a period-th and gain the new move. The moves are carried doubled (|d| + d): that is exact, needs no
 * branch on a direction, which no processor can predict, and the factor 50 instead of 100 takes it out again.
 */
interface AdxState {
  readonly period: number
  /** Bars taken in, counted up to the first ADX. */
  bars: number
  high: number
  low: number
  close: number
  plus: number
  minus: number
  range: number
  /** The ADX; before the first one, the sum of the strengths so far. */
  mean: number
}

const PERCENT_OF_DOUBLED = 50

const stream: IndicatorStream<AdxState> = {
  start: (params) => ({
    period: parameterOf(params, 'period'),
    bars: 0,
    high: 0,
    low: 0,
    close: 0,
    plus: 0,
    minus: 0,
    range: 0,
    mean: 0,
  }),
  next: (state, bar, out) => {
    out.fill(Number.NaN)
    const index = state.bars
    if (index < 2 * state.period) state.bars++
    if (index > 0) addMoves(state, bar, index < state.period)
    state.high = bar.high
    state.low = bar.low
    state.close = bar.close
    if (index >= state.period) writeLines(state, index, out)
  },
}

const addMoves = (state: AdxState, { high, low }: IndicatorBar, isSeed: boolean): void => {
  const { close } = state
  const up = high - state.high
  const down = state.low - low
  const kept = isSeed ? 1 : wilderKept(state.period)
  state.plus = state.plus * kept + (Math.abs(up) + up) * Number(up > down)
  state.minus = state.minus * kept + (Math.abs(down) + down) * Number(down > up)
  state.range = state.range * kept + ((high > close ? high : close) - (low < close ? low : close))
}

const writeLines = (state: AdxState, index: number, out: Float64Array): void => {
  const { period, range } = state
  const first = 2 * period - 1
  const scale = range >= ZERO_BELOW ? PERCENT_OF_DOUBLED / range : 0
  const plusIndicator = state.plus * scale
  const minusIndicator = state.minus * scale
  out[1] = plusIndicator
  out[2] = minusIndicator
  const total = plusIndicator + minusIndicator
  const isMoving = total >= ZERO_BELOW
  const strength = isMoving ? 100 * (Math.abs(minusIndicator - plusIndicator) / total) : 0
  if (index > first) {
    if (isMoving) state.mean = state.mean * wilderKept(period) + strength * wilderTaken(period)
  } else {
    state.mean += strength
    if (index < first) return
    state.mean /= period
  }
  out[0] = state.mean
}

type AdxColumns = readonly [lines: AdxLines, sums: Float64Array, period: number]
type AdxLines = readonly [adx: Float64Array, plus: Float64Array, minus: Float64Array]

/** Fills one stretch. `sums` are plus, minus, range and mean as of the bar before it, afterwards as of its last. */
const fillAdx = (
  { high, low, close }: Candles,
  [[adxLine, plusLine, minusLine], sums, period]: AdxColumns,
  from: number,
): void => {
  const to = Math.min(from + STRETCH_BARS, close.length)
  const kept = wilderKept(period)
  const taken = wilderTaken(period)
  // What Number() returns stays in a register; a constant of a module would be unboxed anew on every bar.
  const limit = Number(ZERO_BELOW)
  const percent = Number(PERCENT_OF_DOUBLED)
  let topBefore = high[from - 1]!
  let bottomBefore = low[from - 1]!
  let before = close[from - 1]!
  let plus = sums[0]!
  let minus = sums[1]!
  let range = sums[2]!
  let mean = sums[3]!
  for (let i = from; i < to; i++) {
    const top = high[i]!
    const bottom = low[i]!
    const up = top - topBefore
    const down = bottomBefore - bottom
    topBefore = top
    bottomBefore = bottom
    plus = plus * kept + (Math.abs(up) + up) * Number(up > down)
    minus = minus * kept + (Math.abs(down) + down) * Number(down > up)
    range = range * kept + ((top > before ? top : before) - (bottom < before ? bottom : before))
    before = close[i]!
    const scale = range >= limit ? percent / range : 0
    const plusIndicator = plus * scale
    const minusIndicator = minus * scale
    const total = plusIndicator + minusIndicator
    // A bar without range, or without any move, leaves ADX as it was.
    if (total >= limit) {
      mean = mean * kept + 100 * (Math.abs(minusIndicator - plusIndicator) / total) * taken
    }
    adxLine[i] = mean
    plusLine[i] = plusIndicator
    minusLine[i] = minusIndicator
  }
  sums[0] = plus
  sums[1] = minus
  sums[2] = range
  sums[3] = mean
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
  compute: (input, params, out) => {
    const { candles } = input
    const period = parameterOf(params, 'period')
    const seeded = 2 * period
    const { plus, minus, range, mean } = warmUp(stream, { input, params, bars: seeded }, out)
    const columns: AdxColumns = [
      [out[0]!, out[1]!, out[2]!],
      Float64Array.of(plus, minus, range, mean),
      period,
    ]
    for (let from = seeded; from < candles.close.length; from += STRETCH_BARS) fillAdx(candles, columns, from)
  },
  stream: defineStream(stream),
}
