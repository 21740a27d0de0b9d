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
