import { invariant } from '../kernel/index.ts'
import { type Axis, combinationCount } from './axes.ts'
import { type HalvingSettings, halvingRungs, nextRung } from './halving.ts'
import { createSampler, distinctOrdinals, type Sampler, type Sampling } from './sampler.ts'
import type { ScoredRun } from './score.ts'
import { nextTpeBatch, type TpeSettings } from './tpe.ts'

/** How a sweep finds its combinations. */
export type Search =
  | Sampling
  | (HalvingSettings & {
      readonly method: 'successive_halving'
      readonly sample: 'random' | 'latin_hypercube'
      readonly runs: number
      readonly seed: number
    })
  | (Omit<TpeSettings, 'axes'> & { readonly method: 'tpe' })

/** Runs that can be computed at once, in any order. */
export interface SearchRound {
  /** From 0. */
  readonly round: number
  /** The leading part of the bars that the runs are over; 1 is all of them. */
  readonly share: number
  /** In ascending or planned order; a range where it is too long to list. */
  readonly ordinals: readonly number[] | { readonly from: number; readonly to: number }
}

export interface RoundResult extends ScoredRun {
  readonly round: number
}

/** What ordinals of the sweep mean; those of `tpe` are the grid's own, because its runs cannot be known ahead. */
export const samplerOf = (axes: readonly Axis[], search: Search): Sampler => {
  if (search.method === 'tpe') return createSampler(axes, { method: 'grid' })
  if (search.method !== 'successive_halving') return createSampler(axes, search)
  const { sample, runs, seed } = search
  return createSampler(axes, { method: sample, runs, seed })
}

/**
 * The plan of a round, undefined when the search is over. It depends on the results of earlier rounds alone, all of
 * which must be there, so a round that is planned twice is planned the same, whatever was computed in between.
 */
export const planRound = (
  axes: readonly Axis[],
  search: Search,
  { round, results }: { readonly round: number; readonly results: readonly RoundResult[] },
): SearchRound | undefined => {
  const earlier = results.filter((result) => result.round < round)
  switch (search.method) {
    case 'grid':
    case 'random': {
      const { length } = createSampler(axes, search)
      return round === 0 ? { round, share: 1, ordinals: { from: 0, to: length } } : undefined
    }
    case 'latin_hypercube':
      return round === 0
        ? { round, share: 1, ordinals: distinctOrdinals(createSampler(axes, search)) }
        : undefined
    case 'successive_halving': {
      const candidates = distinctOrdinals(samplerOf(axes, search))
      const rungs = earlier.map((result) => ({ ...result, rung: result.round }))
      const step = nextRung(candidates, search, rungs)
      if (step.kind === 'done') return undefined
      invariant(step.rung === round, `round ${round} is planned while round ${step.rung} has no result`)
      return { round, share: step.share, ordinals: step.ordinals }
    }
    case 'tpe': {
      const ordinals = nextTpeBatch({ ...search, axes }, round, earlier)
      return ordinals.length === 0 ? undefined : { round, share: 1, ordinals }
    }
  }
}

/** Whether later rounds of the search depend on the results of earlier ones. */
export const isInRounds = ({ method }: Search): boolean => method === 'successive_halving' || method === 'tpe'

/** How many runs a search makes; fewer where so many fail that a later round has not enough. */
export const mostRuns = (axes: readonly Axis[], search: Search): number => {
  if (search.method === 'tpe') return Math.min(search.runs, combinationCount(axes))
  const { length } = distinctOrdinals(samplerOf(axes, search))
  if (search.method !== 'successive_halving') return length
  return halvingRungs(length, search).reduce((sum, { runs }) => sum + runs, 0)
}

/** Where a search stops before it is over; what has begun is finished. */
export interface SearchBudget {
  readonly runs?: number | undefined
  readonly seconds?: number | undefined
}

/** How many of the `wanted` runs may still begin after so many that have, and so many seconds. */
export const runsAllowed = (
  { runs = Infinity, seconds = Infinity }: SearchBudget,
  spent: { readonly runs: number; readonly seconds: number },
  wanted: number,
): number => (spent.seconds >= seconds ? 0 : Math.max(0, Math.min(wanted, runs - spent.runs)))
