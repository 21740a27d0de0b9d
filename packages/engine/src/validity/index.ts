export { backtestOverfitting, type OverfittingResult } from './backtest-overfitting.ts'
export {
  blockCountFor,
  type BlockGrid,
  blockStatistics,
  type BlockStatistics,
  curveBlocks,
} from './block-statistics.ts'
export { dailyReturnCount, type PublishedGrowth } from './daily-return-count.ts'
export {
  deflatedSharpe,
  expectedMaximumSharpe,
  type PublishedSharpe,
  sharpeEstimate,
  trialSpread,
  type TrialSpread,
} from './deflated-sharpe.ts'
export {
  dailySteps,
  type EquityColumns,
  type EquitySteps,
  type StepEffect,
  tradeSteps,
} from './equity-steps.ts'
export { type MonteCarloOptions, resampleMonteCarlo, type ResampleInput } from './monte-carlo.ts'
export { compareHalves, type HalvesResult } from './halves.ts'
export {
  type EquityPiece,
  type JoinedCurve,
  joinOutOfSample,
  walkForwardEfficiency,
  type WalkForwardEfficiency,
  type WindowResult,
} from './out-of-sample.ts'
export { parameterDrift, type ParameterDrift } from './parameter-drift.ts'
export {
  bestPlateau,
  parameterPlateau,
  type Plateau,
  type PlateauResult,
  type PlateauTrial,
} from './plateau.ts'
export {
  type FilledTrade,
  type FillNoise,
  randomisedFills,
  type RandomisedFillsInput,
} from './randomised-fills.ts'
export { type Judged, VALIDITY_REASON_CODES, type ValidityReasonCode } from './reasons.ts'
export { RESAMPLE_METHODS, type ResampleMethod } from './resample.ts'
export { type EquityBand, type MonteCarloResult, type Percentiles } from './simulated-paths.ts'
export {
  type Span,
  walkForwardWindows,
  type WalkForwardPlan,
  type WalkForwardWindow,
  type WalkForwardWindows,
} from './walk-forward-windows.ts'
