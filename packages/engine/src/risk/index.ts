export {
  cloneBudget,
  createRiskBudget,
  denyEntry,
  denyExposure,
  type EntryRequest,
  markBudget,
  recordExit,
  type RiskBudget,
  type RiskClock,
} from './budget.ts'
export {
  type DrawdownStop,
  hasRiskLimits,
  NO_RISK_LIMITS,
  type RiskLimits,
  type StopLossGuard,
} from './limits.ts'
