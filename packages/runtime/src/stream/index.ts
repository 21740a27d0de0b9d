export { noteSource, readClosedCandles, readTapeEnds, type TapeEnd } from './closed-candles.ts'
export { type Demand, readDemand, readRefusal, refuse, release, want } from './demand.ts'
export { type StreamMetrics, streamMetrics } from './metrics.ts'
export { marketStreamMetrics, type TapeReaderMetrics, tapeReaderMetrics } from './reader-metrics.ts'
export { readCandleTape } from './read-candles.ts'
export { readLastValue, readMarkets } from './read-markets.ts'
export type { TapeConsumer } from './tape-reader-delivery.ts'
export {
  openTapeReader,
  type TapeReader,
  type TapeReaderOptions,
  type TapeSubscription,
} from './tape-reader.ts'
export {
  heartbeat,
  holderOf,
  type Lease,
  leave,
  lookAtShards,
  releaseLease,
  type ShardState,
  takeLease,
} from './leases.ts'
export type { ShardWrite, TapeBatch, TapeLimits } from './tape-batch.ts'
export { LeaseLost, openTape, resetTape, type TapePosition, writeTape } from './tape-writer.ts'
