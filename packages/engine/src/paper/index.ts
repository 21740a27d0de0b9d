export { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES, type PathMode } from './config.ts'
export { createGrid, createPriceGrid, type Grid, nextDouble, type PriceGrid } from './grid.ts'
