export { backtestRun, type BacktestRun, type BacktestRunOptions, SMA_CROSS } from './backtest-run.ts'
