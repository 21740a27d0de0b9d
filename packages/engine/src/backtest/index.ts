export { type BacktestDetail, backtestDetail, type BandCurves, type CurveDetail } from './detail.ts'
export { type BacktestConfig, DEFAULT_BACKTEST_CONFIG, PATH_MODES, type PathMode } from '../paper/index.ts'
export {
  type PortfolioInput,
  type PortfolioMemberResult,
  type PortfolioResult,
  type PortfolioTrade,
  runPortfolio,
} from './portfolio.ts'
export {
  type MemberDetail,
  type PortfolioDetail,
  portfolioDetail,
  portfolioPeriods,
} from './portfolio-detail.ts'
export { type PortfolioMember, portfolioProblem, quoteOf } from './portfolio-problem.ts'
export {
  basketCandles,
  type PortfolioReport,
  type PortfolioReportInput,
  portfolioTradeRows,
  toPortfolioReport,
} from './portfolio-report.ts'
export { backtestPeriods } from './periods.ts'
export { type Recommendation, RECOMMENDATION_CODES, type RecommendationCode } from './recommendations.ts'
export { type BacktestReport, type BacktestSummary, toBacktestReport, toBacktestSummary } from './report.ts'
export type { LevelPaths } from './level-paths.ts'
export { detailMismatch } from './order-loop-detail.ts'
export { paperTradeLog } from './order-loop-trades.ts'
export { ENGINE_REVISION, ENGINE_VERSION } from './revision.ts'
export {
  type BacktestInput,
  type BacktestResult,
  type Band,
  type OpenPosition,
  runBacktest,
} from './run-backtest.ts'
export { createSweepRunner, type MeasuredRun, type SweepRunner } from './sweep-runner.ts'
export { DENIAL_CODES, type DenialCode, type DenialCounts, RISK_DENIAL_CODES } from '../orders/index.ts'
export type { SignalReason, TradeReason } from './trade-reasons.ts'
export { type Trade, tradeRows } from './trade-rows.ts'
export { createTradeText, type TradeText } from './trade-text.ts'
