import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { MAX_PERMUTED } from './permutation.ts'

/** One parameter of a sweep: a dotted path into the strategy and the values it takes. */
export type Axis = readonly [path: string, values: readonly number[]]

/** Values as users give them: a list, or a range with both ends. */
export type AxisValues =
  | readonly number[]
  | { readonly from: number; readonly to: number; readonly step: number }

export type Params = Readonly<Record<string, number>>

/** Expands ranges; the order of the axes is the order given, and the last axis runs fastest. */
export const expandAxes = (
  parameters: Readonly<Record<string, AxisValues>>,
): Result<readonly Axis[], readonly Problem[]> => {
  const problems: Problem[] = []
  const axes = Object.entries(parameters).map(([path, values]): Axis => {
    const expanded = 'from' in values ? rangeValues(values) : values
    if (expanded.length === 0 || expanded.length > MAX_AXIS_VALUES) {
      const expected = `1 to ${MAX_AXIS_VALUES} values`
      problems.push({ path: `parameters.${path}`, expected, actual: JSON.stringify(values) })
    }
    if (new Set(expanded).size !== expanded.length) {
      problems.push({
        path: `parameters.${path}`,
        expected: 'distinct values',
        actual: JSON.stringify(values),
      })
    }
    return [path, expanded]
  })
  const combinations = combinationCount(axes)
  if (problems.length === 0 && combinations > MAX_PERMUTED) {
    const expected = `at most ${MAX_PERMUTED} combinations`
    problems.push({ path: 'parameters', expected, actual: String(combinations) })
  }
  return problems.length > 0 ? err(problems) : ok(axes)
}

/** Bounds the memory that a mistyped step can take. */
const MAX_AXIS_VALUES = 100_000

/** A slack of 1e-9 steps keeps `to` in the range when the division rounds down. */
const rangeValues = ({ from, to, step }: { from: number; to: number; step: number }): readonly number[] => {
  const count = step > 0 ? Math.floor((to - from) / step + 1e-9) + 1 : 0
  // Twelve digits: 0.1 + 2 * 0.1 is meant to be 0.3, not 0.30000000000000004.
  return Array.from({ length: Math.min(Math.max(0, count), MAX_AXIS_VALUES + 1) }, (_, k) =>
    Number((from + k * step).toPrecision(12)),
  )
}

export const combinationCount = (axes: readonly Axis[]): number =>
  axes.reduce((product, [, values]) => product * values.length, 1)

/** Which value each axis takes: positions in the axes' lists, in the order of the axes. */
export type Levels = readonly number[]

/** The levels of the combination with this ordinal, 0 <= ordinal < combinationCount. */
export const levelsAt = (axes: readonly Axis[], ordinal: number): Levels => {
  const levels = axes.map(() => 0)
  let rest = ordinal
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const count = axes[axis]![1].length
    levels[axis] = rest % count
    rest = Math.floor(rest / count)
  }
  return levels
}

/** The ordinal of the combination with these levels. */
export const ordinalOf = (axes: readonly Axis[], levels: Levels): number =>
  axes.reduce((ordinal, [, values], axis) => ordinal * values.length + levels[axis]!, 0)

/** The combination with this ordinal, 0 <= ordinal < combinationCount. */
export const paramsAt = (axes: readonly Axis[], ordinal: number): Params => {
  const levels = levelsAt(axes, ordinal)
  return Object.fromEntries(axes.map(([path, values], axis) => [path, values[levels[axis]!]!]))
}
