export {
  type CancelOrder,
  type Closing,
  createPaperAccount,
  type Direction,
  type EntryOrder,
  type ExitOrder,
  markedEquity,
  type PaperAccount,
  type PaperPosition,
  type ScaleOrder,
} from './account.ts'
export { type BarPrices, detailProblem, type PaperBar } from './bar.ts'
export { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES, type PathMode } from './config.ts'
export { type BarRun, createBarRun } from './bar-run.ts'
export { type BarReport, fillBar, type PaperOrder, submit } from './fill-bar.ts'
export { createGrid, createPriceGrid, type Grid, nextDouble, type PriceGrid } from './grid.ts'
export { passQuietBar, passQuietBars, type QuietRange, quietRange, type QuietStretch } from './quiet-bars.ts'
export type { OtherPosition } from './others.ts'
export { enterAtOpen } from './open-phase.ts'
export { blow, endOfData, leaveAtOpen, passThrough } from './phases.ts'
export { noteMark } from './risk-gate.ts'
export { createPaperSetup, type PaperMarket, type PaperSetup, type Protection } from './setup.ts'
export type { PaperTrade } from './trade.ts'
