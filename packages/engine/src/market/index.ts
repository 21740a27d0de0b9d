export {
  allocateCandles,
  CANDLE_COLUMNS,
  type CandleColumn,
  type Candles,
  sliceCandles,
  SOURCE_FIELDS,
  type SourceField,
} from './candles.ts'
export { type CandleCsvParser, createCandleCsvParser } from './csv.ts'
export { parseDecimal } from './csv-cells.ts'
export { CSV_HEADER } from './csv-rules.ts'
export { firstBarAt } from './first-bar.ts'
export { barLengthMs, findGaps, type Gap, type GapReport, looksLikeSeconds } from './gaps.ts'
export { foreignBarLength } from './foreign-bars.ts'
export { generateCandles, type GeneratorOptions } from './generator.ts'
export { barOpenAt, resampleCandles, type ResampleOptions } from './resample.ts'
export { parseTimeframe, timeframeText } from './timeframe.ts'
