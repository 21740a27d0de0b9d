export { applyParams } from './apply-params.ts'
export {
  type Axis,
  type AxisValues,
  combinationCount,
  expandAxes,
  type Levels,
  levelsAt,
  ordinalOf,
  type Params,
  paramsAt,
} from './axes.ts'
export { countNew, type Grid, type Grids, openGrids } from './grids.ts'
export {
  type HalvingSettings,
  halvingRungs,
  type HalvingStep,
  nextRung,
  rowsOfShare,
  type Rung,
  type RungResult,
} from './halving.ts'
export { MAX_HYPERCUBE_RUNS } from './latin-hypercube.ts'
export {
  type Constraint,
  type Direction,
  naturalDirection,
  type Objective,
  objectiveAtShare,
  type ObjectiveInput,
  objectiveOf,
  type ObjectiveTerm,
} from './objective.ts'
export { MAX_PERMUTED } from './permutation.ts'
export { candidateAt, openPlan, type PlacedRound, type Point, type SweepPlan } from './points.ts'
export { createSampler, distinctOrdinals, type Sampler, type Sampling } from './sampler.ts'
export {
  compareRuns,
  compareScores,
  type Rank,
  type Score,
  type ScoredRun,
  scoreOf,
  type Violation,
} from './score.ts'
export {
  isInRounds,
  mostRuns,
  planRound,
  type RoundResult,
  runsAllowed,
  samplerOf,
  type Search,
  type SearchBudget,
  type SearchRound,
} from './search.ts'
export { nextTpeBatch, type TpeSettings } from './tpe.ts'
