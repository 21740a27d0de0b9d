export { acceptSweep, type NewSweep } from './accept.ts'
export { findBacklogs } from './backlog.ts'
export { BEST_RUNS_KEPT, findBestOrdinal, listBestUnkept } from './best-runs.ts'
export { type ChunkOutcome, completeChunk, type FinishedChunk, type FinishedRun } from './complete-chunk.ts'
export { giveUpRound, planNextRound, type PlanOutcome, type RoundJob } from './plan-round.ts'
export {
  giveUpReduction,
  isReducing,
  type ReduceOutcome,
  reduceSweep,
  type Reduction,
  type RemadeRun,
} from './reduce-sweep.ts'
export { findPlan, findRounds } from './rounds.ts'
export { objectiveOfRow } from './objective.ts'
export { stopSpentSweeps } from './time-budget.ts'
export { findBlocks, listBlocks } from './compared-runs.ts'
export { type Dispatched, dispatchSweeps } from './dispatch.ts'
export { findSweepForWork, type SweepForWork } from './for-work.ts'
export type { PinnedDataset } from './pinned-dataset.ts'
export { findProgress, listRunningSweeps, PACE_WINDOW_MS, type ProgressRow } from './progress.ts'
export { findRunSeries, listRunSeries, type RunSeries, type SeriesOfRun } from './run-series.ts'
export { findRun, findSingleRun, findSingleRunBlobs, findSweepChecks, listRuns } from './runs.ts'
export {
  type CancelOutcome,
  cancelSweep,
  deleteSweep,
  findCancelled,
  findSweep,
  listSeriesGroup,
  listSweeps,
  startSweep,
  type SweepRow,
} from './sweep.repository.ts'
export {
  extendSweep,
  lockSweep,
  type Move,
  pauseSweep,
  rerunFailed,
  restartSweep,
  resumeSweep,
} from './lifecycle.ts'
export { ENGINE_REVISION_GONE, failGoneEngines } from './gone-engine.ts'
export { findWaitReason, type WaitReason } from './wait-reason.ts'
export { listOverSeries, type SeriesRun } from './series-group.ts'
export { splitChunk } from './split-chunk.ts'
export { findGrids } from './grids.ts'
export { readTrials } from './trials.ts'
