export { type Demand, readDemand, readRefusal, refuse, release, want } from './demand.ts'
export { type StreamMetrics, streamMetrics } from './metrics.ts'
export { marketStreamMetrics, type TapeReaderMetrics, tapeReaderMetrics } from './reader-metrics.ts'
export { readLastValue, readMarkets } from './read-markets.ts'
export type { TapeConsumer } from './tape-reader-delivery.ts'
export {
  openTapeReader,
  type TapeReader,
  type TapeReaderOptions,
  type TapeSubscription,
} from './tape-reader.ts'
export {
  openTape,
  resetTape,
  type TapeBatch,
  type TapeLimits,
  type TapePosition,
  writeTape,
} from './tape-writer.ts'
