import { defineStream, type IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars, markUndefined } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'
import { ZERO_BELOW } from './zero.ts'

/** Smoothing factors of the slowest and the fastest mean it can become: EMAs of 30 and of 2 bars. */
const SLOW = emaAlpha(30)
const SPREAD = emaAlpha(2) - SLOW

/** TA-Lib takes a path no longer than its rise, and one of no length, for perfectly straight. */
const factorOf = (change: number, path: number): number => {
  const isStraight = path <= change || Math.abs(path) < ZERO_BELOW
  const root = (isStraight ? 1 : Math.abs(change / path)) * SPREAD + SLOW
  return root * root
}

interface KamaState {
  /** The last period + 1 values. */
  readonly window: Window
  /** Values still missing until the first mean. */
  missing: number
  /** The value before, 0 at the start. */
  before: number
  /** The length of the path through the window: the sum of its one-bar moves. */
  path: number
  mean: number
}

const start = (period: number): KamaState => ({
  window: startWindow(period + 1),
  missing: period + 1,
  before: 0,
  path: 0,
  mean: 0,
})

const next = (state: KamaState, value: number): number => {
  const { window, before } = state
  const left = oldestOf(window)
  push(window, value)
  const oldest = oldestOf(window)
  state.before = value
  if (state.missing > 0) {
    const isFirst = state.missing === window.values.length
    if (!isFirst) state.path += Math.abs(value - before)
    state.missing--
    if (state.missing > 0) return Number.NaN
    state.mean = before
  } else {
    state.path -= Math.abs(left - oldest)
    state.path += Math.abs(value - before)
  }
  return (state.mean = (value - state.mean) * factorOf(value - oldest, state.path) + state.mean)
}

const fillKama = (x: Float64Array, period: number, out: Float64Array): void => {
  markUndefined(out, period)
  const bars = x.length
  if (bars <= period) return
  let path = 0
  for (let i = 1; i < period; i++) path += Math.abs(x[i]! - x[i - 1]!)
  let mean = x[period - 1]!
  for (let i = period; i < bars; i++) {
    const value = x[i]!
    const oldest = x[i - period]!
    if (i > period) path -= Math.abs(x[i - period - 1]! - oldest)
    path += Math.abs(value - x[i - 1]!)
    mean = (value - mean) * factorOf(value - oldest, path) + mean
    out[i] = mean
  }
}

/**
 * Kaufman's adaptive moving average, in units of its source: an exponential mean that is fast (2 bars) where the
 * source went straight over `period` bars and slow (30 bars) where it went to and fro; seeded with the value before
 * its first. Formula: Perry Kaufman, "Smarter Trading" (1995), as TA-Lib's KAMA. `stabilisation` is that of a source
 * that never goes straight; most settle ten times sooner.
 */
export const kama: IndicatorDefinition = {
  type: 'kama',
  parameters: [periodParameter('period', 2)],
  lines: ['value'],
  takesSource: true,
  lookback: (params) => parameterOf(params, 'period'),
  stabilisation: (params) => parameterOf(params, 'period') + fadeBars(SLOW * SLOW),
  compute: ({ source }, params, [out]) => fillKama(source, parameterOf(params, 'period'), out!),
  stream: defineStream({
    start: (params) => start(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = next(state, source)
    },
  }),
}
