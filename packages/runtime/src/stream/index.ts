export { type Demand, readDemand, readRefusal, refuse, release, want } from './demand.ts'
export { type StreamMetrics, streamMetrics } from './metrics.ts'
export { readLastValue, readMarkets } from './read-markets.ts'
export {
  openTape,
  resetTape,
  type TapeBatch,
  type TapeLimits,
  type TapePosition,
  writeTape,
} from './tape-writer.ts'
