import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import type { Strategy } from '@botcriptofy/engine/strategy'
import { type Axis, type AxisValues, combinationCount } from '@botcriptofy/engine/sweep'
import { type Span, walkForwardWindows, type WalkForwardWindow } from '@botcriptofy/engine/validity'
import { checkSweep } from '../sweep/index.ts'

export const MAX_WINDOWS = 200
const MAX_RUNS = 100_000

/** Lengths in ms. */
export interface WindowPlan {
  readonly mode: 'anchored' | 'rolling'
  readonly trainMs: number
  readonly testMs: number
  readonly purgeMs: number
  readonly embargoMs: number
}

export interface WalkForwardRequest {
  readonly strategy: Strategy
  readonly parameters: Readonly<Record<string, AxisValues>>
  readonly plan: WindowPlan
  /** Candles there are, [from, to) in epoch ms. */
  readonly data: Span
  /** Length of a bar. */
  readonly barMs: number
}

export interface CheckedWalkForward {
  readonly axes: readonly Axis[]
  readonly windows: readonly WalkForwardWindow[]
}

const NAMES = ['trainMs', 'testMs', 'purgeMs', 'embargoMs'] as const

/** The grid and the windows, or all that is wrong with them; a length that cuts a bar in two is among it. */
export const checkWalkForward = (
  request: WalkForwardRequest,
): Result<CheckedWalkForward, readonly Problem[]> => {
  const { plan, data, barMs } = request
  const odd = NAMES.filter((name) => plan[name] % barMs !== 0)
  if (odd.length > 0) {
    const expected = `a multiple of the ${barMs} ms of a bar`
    return err(odd.map((name) => ({ path: `windows.${name}`, expected, actual: String(plan[name]) })))
  }
  const axes = checkSweep(request.strategy, request.parameters)
  if (!axes.ok) return axes
  const { mode, trainMs: train, testMs: test, purgeMs: purge, embargoMs: embargo } = plan
  const found = walkForwardWindows({ data, mode, train, test, purge, embargo })
  if (!found.ok) {
    const pathOf = (path: string) => (path === 'data' ? 'candles' : `windows.${path}Ms`)
    return err(found.error.map((problem) => ({ ...problem, path: pathOf(problem.path) })))
  }
  const { windows } = found.value
  if (windows.length > MAX_WINDOWS) {
    const expected = `at most ${MAX_WINDOWS} windows`
    return err([{ path: 'windows.testMs', expected, actual: `${windows.length} windows` }])
  }
  const runs = windows.length * combinationCount(axes.value)
  if (runs > MAX_RUNS) {
    const expected = `at most ${MAX_RUNS} runs in all windows`
    return err([{ path: 'parameters', expected, actual: String(runs) }])
  }
  return ok({ axes: axes.value, windows })
}
