export { type EquityColumns, packEquity, packTrades, unpackEquity, unpackTrades } from './blobs.ts'
export { packBlockReturns, unpackBlockReturns } from './block-returns.ts'
export { packDetail, unpackDetail } from './detail.ts'
export { packPortfolioDetail, unpackPortfolioDetail } from './portfolio-detail.ts'
