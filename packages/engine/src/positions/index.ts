export { EXIT_REASONS, type ExitReason, type TradeLog } from './trade-log.ts'
