export {
  archiveCandles,
  type Archived,
  type ArchiveTarget,
  endBackfill,
  findHoles,
  findSharedEnds,
  type SharedEnd,
} from './archive.ts'
export { BadCandles, barLengthOf, readCandleCsv } from './candle-input.ts'
export { type CopyTransaction, withCopyTransaction } from './copy-transaction.ts'
export {
  type CandleRow,
  type Dataset,
  endOfBars,
  findDataset,
  findSeriesGaps,
  readCandles,
} from './dataset.repository.ts'
export { combineDatasets, digestCandles } from './digest.ts'
export { importCandles, importCandlesIn, type ImportResult, type ImportTarget } from './import.ts'
export { findLastBarMs } from './last-bar.ts'
export { loadCandles, type TimeRange } from './load.ts'
export { ensureStoredMonths } from './partitions.ts'
export { resampleSeries } from './resample.ts'
export {
  findSeries,
  listSeries,
  type Series,
  type SeriesKey,
  SeriesKindMismatch,
  type SeriesOwner,
  type SeriesSummary,
} from './series.repository.ts'
