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
} from './candles.http.ts'
