export { applyParams } from '@botcriptofy/engine/sweep'
export { checkExtension, type ExtensibleSweep, type Extension } from './check-extension.ts'
export { budgetProblem, mayReopen } from './check-search.ts'
export { seriesProblem } from './check-series.ts'
export { checkSweep, MAX_COMBINATIONS } from './check-sweep.ts'
export { type ComparedRuns, judgeOverfitting, MAX_COMPARED_RUNS } from './judge-overfitting.ts'
export { type HalvesPoints, type JudgedHalves, judgeHalves, type SampledRuns } from './judge-halves.ts'
export { type JudgedSweep, judgeSweep, type SweepTrial } from './judge-sweep.ts'
export { objectiveInput } from './objective.ts'
export { type Ranking, rankingOf } from './ranking.ts'
export { metricName } from './metric-name.ts'
export { searchBudget, searchInput } from './search.ts'
export {
  acceptedSweep,
  cancelledSeries,
  type CombinationOverSeries,
  overSeriesPage,
  type OverSeriesPage,
  overSeriesQuery,
} from './series.http.ts'
export {
  extendSweepBody,
  movedSweep,
  requeuedSweep,
  resultsQuery,
  runParams,
  submitSweepBody,
  sweepPage,
  sweepRunPage,
  sweepRunView,
  sweepSummary,
  sweepView,
  type SweepView,
} from './sweep.http.ts'
export {
  type SweepChunkPayload,
  sweepChunkPayload,
  sweepJobs,
  sweepPlanJobs,
  type SweepPlanPayload,
  sweepPlanPayload,
  sweepReduceJobs,
  type SweepReducePayload,
  sweepReducePayload,
} from './sweep.jobs.ts'
export { isRanked, type JudgedColumns, paramsAtRow, type TrialColumns, trialsOf } from './trial-columns.ts'
export { type SweepValidity, sweepValidity } from './validity.http.ts'
