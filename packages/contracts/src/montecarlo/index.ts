export { MAX_WALKED_STEPS, monteCarloQuery, type MonteCarloView, monteCarloView } from './montecarlo.http.ts'
export { reportHistories } from './report-histories.ts'
export {
  type BacktestHistory,
  idleOption,
  MONTE_CARLO_METHODS,
  type MonteCarloMethod,
  type MonteCarloRequest,
  simulateHistories,
} from './simulate.ts'
