export { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES, type PathMode } from './config.ts'
export { ENGINE_REVISION, ENGINE_VERSION } from './revision.ts'
