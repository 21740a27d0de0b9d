import { defineStream, type IndicatorDefinition } from './definition.ts'
import { parameterOf, periodParameter } from './parameters.ts'
import { emaAlpha, fadeBars } from './warm-up.ts'
import { oldestOf, push, startWindow, type Window } from './window.ts'
import { ZERO_BELOW } from './zero.ts'

/** Smoothing factors of the slowest and the fastest mean it can become: EMAs of 30 and of 2 bars. */
const SLOW = emaAlpha(30)
const SPREAD = emaAlpha(2) - SLOW

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
  const change = value - oldest
  // TA-Lib takes a path no longer than its rise, and one of no length, for perfectly straight.
  const isStraight = state.path <= change || Math.abs(state.path) < ZERO_BELOW
  const efficiency = isStraight ? 1 : Math.abs(change / state.path)
  const root = efficiency * SPREAD + SLOW
  return (state.mean = (value - state.mean) * (root * root) + state.mean)
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
  compute: ({ source }, params, [out]) => {
    const state = start(parameterOf(params, 'period'))
    for (let i = 0; i < source.length; i++) out![i] = next(state, source[i]!)
  },
  stream: defineStream({
    start: (params) => start(parameterOf(params, 'period')),
    next: (state, { source }, out) => {
      out[0] = next(state, source)
    },
  }),
}
