import { compareRuns, type ScoredRun } from './score.ts'

export interface HalvingSettings {
  /** One in `eta` runs reaches the next rung, with `eta` times the bars; a whole number from 2. */
  readonly eta: number
  /** No rung tests on a smaller share of the bars. */
  readonly minShare: number
}

/** A step of the ladder: so many runs over the leading share of the bars. */
export interface Rung {
  readonly rung: number
  readonly runs: number
  readonly share: number
}

/** A run's score over the share of its rung; bounds on counts are those of `objectiveAtShare`. */
export interface RungResult extends ScoredRun {
  readonly rung: number
}

export type HalvingStep =
  /** Rungs follow in order; `missing` are those of its ordinals without a result yet. */
  | {
      readonly kind: 'run'
      readonly rung: number
      readonly share: number
      readonly ordinals: readonly number[]
      readonly missing: readonly number[]
    }
  /** No ordinal where every run of a rung failed. */
  | { readonly kind: 'done'; readonly bestOrdinal: number | undefined }

/**
 * The ladder of successive halving (Jamieson & Talwalkar 2016), sized as a bracket of Hyperband (Li et al. 2018):
 * `runs / eta^k` runs in rung k, and the last rung tests all bars. Shares are of the leading bars: such a run is the
 * beginning of the run over all bars, as the method wants it, and the last bars have no say in what is dropped early.
 */
export const halvingRungs = (candidates: number, { eta, minShare }: HalvingSettings): readonly Rung[] => {
  let steps = 0
  // A share written as 0.037 or 1/27 is meant to admit a rung of a 27th.
  const isWithin = (power: number) => power <= candidates && 1 / power >= minShare * (1 - 1e-9)
  while (isWithin(eta ** (steps + 1))) steps++
  return Array.from({ length: steps + 1 }, (_, rung) => ({
    rung,
    runs: Math.floor(candidates / eta ** rung),
    share: 1 / eta ** (steps - rung),
  }))
}

/** Bars of a series that a share is, at least one; the `rows` of a backtest's config. */
export const rowsOfShare = (bars: number, share: number): number =>
  Math.max(1, Math.ceil(bars * share - 1e-9))

/**
 * What to run next, from the stored results alone. The ordinals of a rung depend on complete earlier rungs only, so
 * asking again, with any part of the rung's own results, gives the same plan. Failed runs are never promoted.
 */
export const nextRung = (
  candidates: readonly number[],
  settings: HalvingSettings,
  results: readonly RungResult[],
): HalvingStep => {
  let ordinals = candidates
  for (const { rung, runs, share } of halvingRungs(candidates.length, settings)) {
    if (rung > 0) ordinals = promoted(finishedOf(results, rung - 1, ordinals), runs)
    if (ordinals.length === 0) return { kind: 'done', bestOrdinal: undefined }
    const finished = new Set(finishedOf(results, rung, ordinals).map(({ ordinal }) => ordinal))
    const missing = ordinals.filter((ordinal) => !finished.has(ordinal))
    if (missing.length > 0) return { kind: 'run', rung, share, ordinals, missing }
    if (share === 1) return { kind: 'done', bestOrdinal: promoted(finishedOf(results, rung, ordinals), 1)[0] }
  }
  return { kind: 'done', bestOrdinal: undefined }
}

/** Results of a rung that it asked for. */
const finishedOf = (
  results: readonly RungResult[],
  rung: number,
  ordinals: readonly number[],
): readonly RungResult[] => {
  const asked = new Set(ordinals)
  return results.filter((result) => result.rung === rung && asked.has(result.ordinal))
}

const promoted = (results: readonly RungResult[], runs: number): readonly number[] =>
  results
    .filter(({ score }) => score !== null)
    .toSorted(compareRuns)
    .slice(0, runs)
    .map(({ ordinal }) => ordinal)
    .toSorted((a, b) => a - b)
