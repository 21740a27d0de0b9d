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
export { MAX_HYPERCUBE_RUNS } from './latin-hypercube.ts'
export { MAX_PERMUTED } from './permutation.ts'
export { createSampler, distinctOrdinals, type Sampler, type Sampling } from './sampler.ts'
