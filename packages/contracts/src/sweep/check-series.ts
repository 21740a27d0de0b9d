import type { Problem } from '@botcriptofy/engine/kernel'
import {
  type Axis,
  combinationCount,
  isInRounds,
  mostRuns,
  type Search,
  type SearchBudget,
} from '@botcriptofy/engine/sweep'
import type { SeriesSelection } from '../backtest/index.ts'
import { MAX_COMBINATIONS } from './check-sweep.ts'

interface SweptSeries {
  readonly axes: readonly Axis[]
  readonly search: Search
  readonly budget?: SearchBudget | undefined
  /** The first is `candles` of the submission, the others are its `alsoOn`. */
  readonly series: readonly SeriesSelection[]
}

/**
 * What keeps a sweep from running over several series: a series named twice, a search that learns from results, which would
 * try other combinations on each, or more runs than a sweep has in all.
 */
export const seriesProblem = ({ axes, search, budget, series }: SweptSeries): Problem | null => {
  if (series.length < 2) return null
  if (isInRounds(search)) {
    const expected = 'grid, random or latin_hypercube beside alsoOn, which try the same on every series'
    return { path: 'search.method', expected, actual: search.method }
  }
  const names = series.map(({ venue, symbol, timeframe }) => `${venue} ${symbol} ${timeframe}`)
  const twice = names.findIndex((name, at) => names.indexOf(name) < at)
  if (twice !== -1) {
    return {
      path: `alsoOn.${twice - 1}`,
      expected: 'a series that is not named before',
      actual: names[twice] ?? '',
    }
  }
  const each = search.method === 'grid' ? combinationCount(axes) : mostRuns(axes, search)
  const runs = Math.min(each, budget?.runs ?? Infinity) * series.length
  if (runs <= MAX_COMBINATIONS) return null
  return {
    path: 'alsoOn',
    expected: `at most ${MAX_COMBINATIONS} runs over all series`,
    actual: String(runs),
  }
}
