export {
  allocateCandles,
  CANDLE_COLUMNS,
  type CandleColumn,
  type Candles,
  sliceCandles,
  SOURCE_FIELDS,
  type SourceField,
} from './candles.ts'
