export { type EquityColumns, packEquity, packTrades, unpackEquity, unpackTrades } from './blobs.ts'
