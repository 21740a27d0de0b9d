/** Why an entry was refused. */
export const DENIAL_CODES = [
  'ZERO_QUANTITY',
  'MIN_NOTIONAL',
  'INSUFFICIENT_CASH',
  'NO_STOP_DISTANCE',
] as const
export type DenialCode = (typeof DENIAL_CODES)[number]
