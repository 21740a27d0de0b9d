import { defineStream, type IndicatorDefinition, type IndicatorStream } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { fadeBars, warmUp } from './warm-up.ts'
import { wilderKept, wilderTaken } from './wilder.ts'
import { ZERO_BELOW } from './zero.ts'

/**
 * Gains and losses are carried doubled (|d| + d and |d| - d): that is exact, needs no branch on the sign of a
 * change, which no processor can predict, and cancels in the quotient.
 */
interface RsiState {
  readonly period: number
  /** Null before the first value. */
  previous: number | null
  /** Changes still missing in the seed; until it is complete, gain and loss are its sums. */
  missing: number
  gain: number
  loss: number
}

const DOUBLED_ZERO = 2 * ZERO_BELOW

const nextRsi = (state: RsiState, value: number): number => {
  const { period, previous } = state
  state.previous = value
  if (previous === null) return Number.NaN
  const change = value - previous
  const size = Math.abs(change)
  if (state.missing === 0) {
    const kept = wilderKept(period)
    const taken = wilderTaken(period)
    state.gain = state.gain * kept + (size + change) * taken
    state.loss = state.loss * kept + (size - change) * taken
  } else {
    state.gain += size + change
    state.loss += size - change
    state.missing--
    if (state.missing > 0) return Number.NaN
    state.gain /= period
    state.loss /= period
  }
  const total = state.gain + state.loss
  return total < DOUBLED_ZERO ? 0 : 100 * (state.gain / total)
}

const stream: IndicatorStream<RsiState> = {
  start: (params) => {
    const period = parameterOf(params, 'period')
    return { period, previous: null, missing: period, gain: 0, loss: 0 }
  },
  next: (state, { source }, out) => {
    out[0] = nextRsi(state, source)
  },
}

/** `sums` are the mean gain and loss at bar `period`. */
type RsiSeed = readonly [period: number, sums: Float64Array]

const fillRsi = (x: Float64Array, [period, sums]: RsiSeed, out: Float64Array): void => {
  const kept = wilderKept(period)
  const taken = wilderTaken(period)
  // What Number() returns stays in a register; a constant of the module is unboxed anew on every bar.
  const limit = Number(DOUBLED_ZERO)
  const bars = x.length
  let gain = sums[0]!
  let loss = sums[1]!
  let previous = x[period]!
  for (let i = period + 1; i < bars; i++) {
    const value = x[i]!
    const change = value - previous
    const size = Math.abs(change)
    previous = value
    gain = gain * kept + (size + change) * taken
    loss = loss * kept + (size - change) * taken
    const total = gain + loss
    out[i] = total < limit ? 0 : 100 * (gain / total)
  }
}

/** Relative strength index (Wilder), 0..100; 0 where nothing moved. First averages are plain means. */
export const rsi: IndicatorDefinition = {
  type: 'rsi',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period'),
  stabilisation: (params) => {
    const period = parameterOf(params, 'period')
    return period + fadeBars(1 / period)
  },
  compute: (input, params, out) => {
    const period = parameterOf(params, 'period')
    const { gain, loss } = warmUp(stream, { input, params, bars: period + 1 }, out)
    fillRsi(input.source, [period, Float64Array.of(gain, loss)], out[0]!)
  },
  stream: defineStream(stream),
}
