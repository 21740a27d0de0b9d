export { tradeLogOf, type TradeRow } from './trade-log.ts'
