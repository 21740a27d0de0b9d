export { EXIT_REASONS, type ExitReason, type TradeFill, type TradeLog } from './trade-log.ts'
