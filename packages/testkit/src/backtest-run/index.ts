export { backtestRun, type BacktestRun, type BacktestRunOptions, SMA_CROSS } from './backtest-run.ts'
export { generatedPortfolio, type GeneratedPortfolioOptions } from './generated-portfolio.ts'
export { portfolioRun, type PortfolioRunOptions } from './portfolio-run.ts'
