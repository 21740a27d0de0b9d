export { applyParams } from './apply-params.ts'
export { type Axis, type AxisValues, combinationCount, expandAxes, type Params, paramsAt } from './axes.ts'
