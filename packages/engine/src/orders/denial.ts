/** Why an entry was refused. */
export const DENIAL_CODES = [
  'ZERO_QUANTITY',
  'MIN_NOTIONAL',
  'INSUFFICIENT_CASH',
  'NO_STOP_DISTANCE',
] as const
export type DenialCode = (typeof DENIAL_CODES)[number]

/** Why the risk budget of an account refused an entry. */
export const RISK_DENIAL_CODES = [
  'MAX_DRAWDOWN',
  'DAILY_LOSS',
  'STOP_LOSS_GUARD',
  'COOLDOWN',
  'MAX_OPEN_POSITIONS',
  'MAX_SYMBOL_EXPOSURE',
  'MAX_EXPOSURE',
] as const
export type RiskDenialCode = (typeof RISK_DENIAL_CODES)[number]

/** Refused entries by reason; a limit of the risk budget is listed once it has refused one. */
export type DenialCounts = Record<DenialCode, number> & Partial<Record<RiskDenialCode, number>>
