export {
  candlePage,
  candlesQuery,
  candleView,
  importQuery,
  importResult,
  seriesList,
  seriesName,
  type SeriesName,
  seriesView,
  timeframeName,
} from './candles.http.ts'
export { type BackfillPayload, backfillPayload, candleJobs } from './candles.jobs.ts'
