export { type BarRow, candlesOf, codedStrategy, SIGNAL } from './bars.ts'
export {
  type BarsRun,
  describeTrade,
  PLAIN_CONFIG,
  programOf,
  runBars,
  type Settings,
  type StrategyParts,
} from './run-bars.ts'
