import { invariant } from '../kernel/index.ts'
import { type Axis, type Params, paramsAt } from './axes.ts'
import { type Grid, openGrids } from './grids.ts'
import { samplerOf, type Search } from './search.ts'

/** What one run of a sweep is of. */
export interface Point {
  readonly params: Params
  /** The leading part of the bars that it is over. */
  readonly share: number
}

/** A round of a search with the place it was given: its runs have the ordinals from `firstOrdinal` on. */
export interface PlacedRound {
  readonly round: number
  readonly firstOrdinal: number
  readonly runs: number
  readonly share: number
  /** The candidates that were picked, in the order of the ordinals; null: candidate k has the ordinal k. */
  readonly candidates: readonly number[] | null
}

/** What a sweep runs: whole grids, or what a search has planned of one. */
export type SweepPlan =
  | { readonly grids: readonly Grid[]; readonly search: null }
  | { readonly axes: readonly Axis[]; readonly search: Search; readonly rounds: readonly PlacedRound[] }

/** The point with an ordinal; undefined where an earlier grid has the same one. */
export const openPlan = (plan: SweepPlan): ((ordinal: number) => Point | undefined) => {
  if (plan.search === null) {
    const grids = openGrids(plan.grids)
    return (ordinal) => {
      const params = grids.paramsAt(ordinal)
      return params && { params, share: 1 }
    }
  }
  const { axes, search, rounds } = plan
  const sampler = samplerOf(axes, search)
  return (ordinal) => {
    const { candidate, share } = candidateAt(rounds, ordinal)
    return { params: paramsAt(axes, sampler.gridOrdinalAt(candidate)), share }
  }
}

/** The candidate of the search that an ordinal of the sweep stands for. */
export const candidateAt = (rounds: readonly PlacedRound[], ordinal: number) => {
  const found = rounds.findLast(({ firstOrdinal }) => firstOrdinal <= ordinal)
  const place = found === undefined ? -1 : ordinal - found.firstOrdinal
  invariant(found !== undefined && place < found.runs, `no round has the ordinal ${ordinal}`)
  return { round: found.round, share: found.share, candidate: found.candidates?.[place] ?? place }
}
