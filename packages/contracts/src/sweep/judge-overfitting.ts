import { backtestOverfitting, type BlockStatistics, type Judged } from '@botcriptofy/engine/validity'
import type { SweepValidity } from './validity.http.ts'

/** Comparing 1,000 runs in 12,870 ways takes most of a second; of a larger sweep so many are taken, evenly. */
export const MAX_COMPARED_RUNS = 1000

export interface ComparedRuns {
  /** Completed runs of the sweep over the most candles that any of them had. */
  readonly runs: number
  /** Those among them whose blocks are known. */
  readonly known: number
  /** Blocks of the known runs, or of MAX_COMPARED_RUNS of them; empty where a run was too short. */
  readonly blocks: readonly (readonly BlockStatistics[])[]
}

type Overfitting = SweepValidity['overfitting']

const numberOf = (judged: Judged): number | null => (typeof judged === 'number' ? judged : null)

/** Whether choosing the best run of a sweep chooses anything. CPU work of up to a second. */
export const judgeOverfitting = ({ runs, known, blocks }: ComparedRuns): Overfitting => {
  const without = (reason: string): Overfitting => ({
    probability: null,
    reason,
    runs,
    compared: 0,
    blocks: null,
    splits: null,
    probabilityOfLoss: null,
    slope: null,
  })
  if (runs < 2) return without('TOO_FEW_TRIALS')
  if (known < 2) return without('UNKNOWN_BLOCKS')
  if (blocks.some((trial) => trial.length === 0)) return without('TOO_FEW_DAYS')
  const judged = backtestOverfitting(blocks)
  // The runs are over other days than each other, as those of several series may be.
  if (!judged.ok) return without('UNEQUAL_BLOCKS')
  const { trials, splits, probabilityOfOverfitting, probabilityOfLoss, degradation } = judged.value
  return {
    probability: probabilityOfOverfitting,
    reason: null,
    runs,
    compared: trials,
    blocks: judged.value.blocks,
    splits,
    probabilityOfLoss,
    slope: numberOf(degradation.slope),
  }
}
