export {
  DENIAL_CODES,
  type DenialCode,
  type DenialCounts,
  RISK_DENIAL_CODES,
  type RiskDenialCode,
} from './denial.ts'
export type { CancelEffect, Effect, EnterEffect, ExitEffect, OrderPrices, Side } from './effect.ts'
export { isPrice } from './price.ts'
export type { FillEvent, OrderUpdateEvent, VenueEvent } from './venue-event.ts'
