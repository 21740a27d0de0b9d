export { type BacktestResultRow, findResults, insertResults } from './backtest-result.repository.ts'
export { packColumns, unpackColumns } from './columns.ts'
