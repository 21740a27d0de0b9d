import { compareScores, type Rank } from '@botcriptofy/engine/sweep'
import { BEST_RUNS_KEPT } from '@botcriptofy/store/sweep'

/** A run that has come to an end, as far as its place among others goes. */
interface RankedRun {
  readonly ordinal: number
  readonly rank: Rank
}

/**
 * The runs of a chunk that may be among the best of the sweep: better than the last that is kept so far (null while there
 * are fewer), and no more than are kept of a sweep.
 */
export const runsToKeep = <Run extends RankedRun>(runs: readonly Run[], threshold: Rank | null): Run[] =>
  runs
    .filter(({ rank }) => threshold === null || compareScores(rank, threshold) < 0)
    .toSorted((a, b) => compareScores(a.rank, b.rank) || a.ordinal - b.ordinal)
    .slice(0, BEST_RUNS_KEPT)
