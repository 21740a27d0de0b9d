export { type BacktestResultRow, findResults, insertResults } from './backtest-result.repository.ts'
