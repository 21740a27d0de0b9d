export { type BarRow, candlesOf, codedStrategy, SIGNAL } from './bars.ts'
export { coarseCandles, configArbitrary, strategyArbitrary } from './random-bars.ts'
export {
  type BarsRun,
  describeTrade,
  PLAIN_CONFIG,
  programOf,
  runBars,
  type Settings,
  type StrategyParts,
} from './run-bars.ts'
