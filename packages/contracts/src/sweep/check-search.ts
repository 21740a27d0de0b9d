import type { Problem } from '@botcriptofy/engine/kernel'
import { type Axis, isInRounds, mostRuns, type Search, type SearchBudget } from '@botcriptofy/engine/sweep'

/** What keeps a search and a budget from going together: halving that ends before its last rung has no result. */
export const budgetProblem = (
  axes: readonly Axis[],
  search: Search,
  { runs = Infinity }: SearchBudget = {},
): Problem | null => {
  if (search.method !== 'successive_halving') return null
  const most = mostRuns(axes, search)
  if (runs >= most) return null
  const expected = `at least ${most}, which halving from ${search.runs} takes`
  return { path: 'budget.runs', expected, actual: String(runs) }
}

/**
 * Whether a sweep that has ended may be opened again: what was planned from results is not run again with other ones, and
 * a grid can be appended to whole grids alone.
 */
export const mayReopen = (search: Search, verb: 'rerun' | 'extend'): boolean =>
  search.method === 'grid' || (verb === 'rerun' && !isInRounds(search))
