export { type BacktestResultRow, findResults, insertResults } from './backtest-result.repository.ts'
export { type EquityColumns, packEquity, packTrades, unpackEquity, unpackTrades } from './blobs.ts'
export { packColumns, unpackColumns } from './columns.ts'
