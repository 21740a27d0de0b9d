/** Pauses entries after a run of losing exits by a stop. */
export interface StopLossGuard {
  readonly stops: number
  /** The stops count when they fall into this many bars. */
  readonly withinBars: number
  readonly pauseBars: number
}

/** Pauses entries when equity has fallen this far from its peak. */
export interface DrawdownStop {
  readonly fraction: number
  /** null: for good. */
  readonly pauseBars: number | null
}

/**
 * The risk budget of one account. Every limit refuses entries and leaves open positions to their own exits; null is no
 * limit. Fractions are of marked equity. Bars are those of the strategy.
 */
export interface RiskLimits {
  readonly maxOpenPositions: number | null
  /** Notional of all positions, the new one included. */
  readonly maxExposureFraction: number | null
  readonly maxSymbolExposureFraction: number | null
  /** Loss since the last close of the day before (UTC) from which no entry follows that day. */
  readonly dailyLossFraction: number | null
  /** Bars after the bar of an exit in which its symbol is not entered. */
  readonly cooldownBars: number | null
  readonly stopLossGuard: StopLossGuard | null
  readonly maxDrawdown: DrawdownStop | null
}

export const NO_RISK_LIMITS: RiskLimits = {
  maxOpenPositions: null,
  maxExposureFraction: null,
  maxSymbolExposureFraction: null,
  dailyLossFraction: null,
  cooldownBars: null,
  stopLossGuard: null,
  maxDrawdown: null,
}

/** Whether any limit is set. */
export const hasRiskLimits = (limits: RiskLimits): boolean =>
  Object.values(limits).some((limit) => limit !== null)
