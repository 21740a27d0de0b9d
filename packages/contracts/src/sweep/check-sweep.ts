import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { compileStrategy, type Strategy } from '@botcriptofy/engine/strategy'
import {
  applyParams,
  type Axis,
  type AxisValues,
  combinationCount,
  expandAxes,
  ordinalOf,
  paramsAt,
  type Search,
} from '@botcriptofy/engine/sweep'

export const MAX_COMBINATIONS = 100_000
/** Compiling a strategy takes about a tenth of a millisecond, and a submit should not take seconds. */
const MAX_CHECKED = 1000
const MAX_PROBLEMS = 20

/**
 * Expands the grid and makes sure that its combinations are strategies that can run: each of a small grid; of a large one
 * those of `sampleOrdinals`, and any other that is impossible fails as a run of its own. A search runs a part of the grid,
 * which may then be larger.
 */
export const checkSweep = (
  strategy: Strategy,
  parameters: Readonly<Record<string, AxisValues>>,
  method: Search['method'] = 'grid',
): Result<readonly Axis[], readonly Problem[]> => {
  const axes = expandAxes(parameters)
  if (!axes.ok) return axes
  const count = combinationCount(axes.value)
  if (method === 'grid' && count > MAX_COMBINATIONS) {
    const expected = `at most ${MAX_COMBINATIONS} combinations`
    return err([{ path: 'parameters', expected, actual: String(count) }])
  }
  const problems = new Map<string, Problem>()
  for (const ordinal of count <= MAX_CHECKED ? allOrdinals(count) : sampleOrdinals(axes.value)) {
    for (const problem of combinationProblems(strategy, axes.value, ordinal)) {
      problems.set(`${problem.path} ${problem.actual}`, problem)
    }
    if (problems.size >= MAX_PROBLEMS) break
  }
  return problems.size === 0 ? ok(axes.value) : err([...problems.values()])
}

const allOrdinals = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k)

/** The corners of the grid, and along each axis its values, evenly picked where they are many, with the others' first. */
const sampleOrdinals = (axes: readonly Axis[]): readonly number[] => {
  const cornerLevels = axes.map(([, values]) => (values.length === 1 ? [0] : [0, values.length - 1]))
  const corners = crossed(cornerLevels, MAX_CHECKED / 2)
  const perAxis = Math.floor(MAX_CHECKED / 2 / axes.length)
  const lines = axes.flatMap(([, values], axis) =>
    evenlySpaced(values.length, perAxis).map((level) => axes.map((_, other) => (other === axis ? level : 0))),
  )
  return [...new Set([...corners, ...lines].map((levels) => ordinalOf(axes, levels)))]
}

/** All combinations of the lists' items, or the first `limit` of them. */
const crossed = (lists: readonly (readonly number[])[], limit: number): readonly (readonly number[])[] =>
  lists.reduce<readonly (readonly number[])[]>(
    (heads, items) => heads.flatMap((head) => items.map((item) => [...head, item])).slice(0, limit),
    [[]],
  )

/** So many of the levels 0 to length - 1, the first and the last among them. */
const evenlySpaced = (length: number, count: number): readonly number[] =>
  length <= count
    ? allOrdinals(length)
    : Array.from({ length: count }, (_, k) => Math.round((k * (length - 1)) / (count - 1)))

const combinationProblems = (
  strategy: Strategy,
  axes: readonly Axis[],
  ordinal: number,
): readonly Problem[] => {
  const applied = applyParams(strategy, paramsAt(axes, ordinal))
  if (!applied.ok) return applied.error
  const compiled = compileStrategy(applied.value)
  return compiled.ok
    ? []
    : compiled.error.map((problem) => ({ ...problem, path: `parameters.${problem.path}` }))
}
