import type { Metrics } from '../metrics/index.ts'
import type { Constraint, Objective } from './objective.ts'

/** A bound that a run broke; `value` is null where the metric is undefined. */
export interface Violation {
  readonly metric: Constraint['metric']
  readonly bound: 'atLeast' | 'atMost'
  readonly limit: number
  readonly value: number | null
}

/** Finite numbers only, so that a score survives JSON and sorts in SQL. */
export interface Score {
  /** The weighted sum, higher is better; null when one of its metrics is undefined. */
  readonly score: number | null
  readonly feasible: boolean
  /** 0 when feasible; otherwise above 0, and at most one for each broken bound. */
  readonly violation: number
  readonly violated: readonly Violation[]
}

/** What of a score ranks a run. */
export type Rank = Pick<Score, 'score' | 'violation'>

/** What a run of a sweep came to: null when it failed. */
export interface ScoredRun {
  readonly ordinal: number
  readonly score: Rank | null
}

export const scoreOf = (metrics: Partial<Metrics>, { terms, constraints }: Objective): Score => {
  const violated = constraints.flatMap((constraint) => violationsOf(metrics, constraint))
  return {
    score: weightedSum(metrics, terms),
    feasible: violated.length === 0,
    violation: violated.reduce((sum, broken) => sum + sizeOf(broken), 0),
    violated,
  }
}

const weightedSum = (metrics: Partial<Metrics>, terms: Objective['terms']): number | null => {
  let sum = 0
  for (const { metric, weight, direction } of terms) {
    const value = metrics[metric] ?? null
    if (value === null) return null
    sum += direction === 'maximize' ? weight * value : -weight * value
  }
  // Adding 0 makes a minus zero plain, which JSON would not keep.
  return Number.isFinite(sum) ? sum + 0 : null
}

/** A bound on an undefined metric counts as broken: that it holds cannot be shown. */
const violationsOf = (metrics: Partial<Metrics>, { metric, atLeast, atMost }: Constraint): Violation[] => {
  const value = metrics[metric] ?? null
  const violations: Violation[] = []
  if (atLeast !== undefined && !(value !== null && value >= atLeast)) {
    violations.push({ metric, bound: 'atLeast', limit: atLeast, value })
  }
  if (atMost !== undefined && !(value !== null && value <= atMost)) {
    violations.push({ metric, bound: 'atMost', limit: atMost, value })
  }
  return violations
}

/**
 * How far beyond its bound a value is, as a share of the bound (of 1 where the bound is 0), squeezed into (0, 1) so
 * that no one constraint drowns the others; 1 when undefined.
 */
const sizeOf = ({ limit, value }: Violation): number => {
  if (value === null) return 1
  const excess = Math.abs(value - limit) / (limit === 0 ? 1 : Math.abs(limit))
  return Number.isFinite(excess) ? Math.max(Number.MIN_VALUE, excess / (1 + excess)) : 1
}

/** Below zero when `a` ranks before `b`: less violation first, then the higher score, undefined scores last. */
export const compareScores = (a: Rank, b: Rank): number => {
  if (a.violation !== b.violation) return a.violation < b.violation ? -1 : 1
  if (a.score === b.score) return 0
  if (a.score === null || b.score === null) return a.score === null ? 1 : -1
  return a.score > b.score ? -1 : 1
}

/** A total order of the runs of a sweep: failed runs last, ties by ordinal. */
export const compareRuns = (a: ScoredRun, b: ScoredRun): number => {
  if (a.score !== null && b.score !== null) return compareScores(a.score, b.score) || a.ordinal - b.ordinal
  if (a.score === null && b.score === null) return a.ordinal - b.ordinal
  return a.score === null ? 1 : -1
}
