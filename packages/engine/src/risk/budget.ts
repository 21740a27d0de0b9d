import { invariant } from '../kernel/index.ts'
import type { RiskDenialCode } from '../orders/index.ts'
import type { ExitReason } from '../positions/index.ts'
import type { RiskLimits } from './limits.ts'

const DAY_MS = 86_400_000

/** What the limits remember about one account: JSON-safe plain data, changed in place by the functions below. */
export interface RiskBudget {
  /** Start of the UTC day that `dayEquity` opened. */
  dayMs: number
  /** Equity at the last close before this day. */
  dayEquity: number
  equity: number
  peakEquity: number
  /** Open times of the bars in which positions ended, by symbol. */
  readonly lastExitMs: Record<string, number>
  /** Open times of the bars of losing stops, ascending. */
  stopsMs: number[]
  /** Entries resume with the bar that opens here; null: never. */
  guardUntilMs: number
  drawdownUntilMs: number | null
}

export const createRiskBudget = (equity: number): RiskBudget => ({
  dayMs: 0,
  dayEquity: equity,
  equity,
  peakEquity: equity,
  lastExitMs: {},
  stopsMs: [],
  guardUntilMs: 0,
  drawdownUntilMs: 0,
})

/** A copy that can be changed without the original. */
export const cloneBudget = (budget: RiskBudget): RiskBudget => ({
  ...budget,
  lastExitMs: { ...budget.lastExitMs },
})

export interface RiskClock {
  readonly limits: RiskLimits
  /** Length of the strategy's bars. */
  readonly barMs: number
}

const startDay = (budget: RiskBudget, timeMs: number): void => {
  const dayMs = Math.floor(timeMs / DAY_MS) * DAY_MS
  if (dayMs === budget.dayMs) return
  budget.dayMs = dayMs
  budget.dayEquity = budget.equity
}

/** Takes the marked equity at the close of the bar that opened at `timeMs`. */
export const markBudget = (
  budget: RiskBudget,
  { limits, barMs }: RiskClock,
  mark: { readonly timeMs: number; readonly equity: number },
): void => {
  startDay(budget, mark.timeMs)
  budget.equity = mark.equity
  // While a pause runs the peak waits for its end: the drawdown that caused it is not counted twice.
  if (budget.drawdownUntilMs === null || mark.timeMs < budget.drawdownUntilMs) {
    budget.peakEquity = mark.equity
    return
  }
  if (mark.equity > budget.peakEquity) budget.peakEquity = mark.equity
  if (limits.maxDrawdown === null) return
  const { fraction, pauseBars } = limits.maxDrawdown
  if (mark.equity > budget.peakEquity * (1 - fraction)) return
  budget.drawdownUntilMs = pauseBars === null ? null : mark.timeMs + (pauseBars + 1) * barMs
  budget.peakEquity = mark.equity
}

const STOPS: readonly ExitReason[] = ['stop_loss', 'trailing_stop', 'liquidation']

/** Takes a finished trade: `timeMs` is the open of the bar in which it ended. */
export const recordExit = (
  budget: RiskBudget,
  { limits, barMs }: RiskClock,
  exit: {
    readonly symbol: string
    readonly timeMs: number
    readonly reason: ExitReason
    readonly pnl: number
  },
): void => {
  budget.lastExitMs[exit.symbol] = exit.timeMs
  const guard = limits.stopLossGuard
  if (guard === null || exit.pnl >= 0 || !STOPS.includes(exit.reason)) return
  const since = exit.timeMs - (guard.withinBars - 1) * barMs
  budget.stopsMs = [...budget.stopsMs.filter((timeMs) => timeMs >= since), exit.timeMs]
  if (budget.stopsMs.length < guard.stops) return
  budget.stopsMs = []
  budget.guardUntilMs = exit.timeMs + (guard.pauseBars + 1) * barMs
}

export interface EntryRequest {
  readonly symbol: string
  /** Open of the bar in which the entry would fill. */
  readonly timeMs: number
  /** Quote units at the fill price. */
  readonly notional: number
  /** Notional of the open positions at their last known prices, by symbol. */
  readonly openNotional: Readonly<Record<string, number>>
  /** The account at the same prices, which exposures are fractions of. */
  readonly equity: number
}

const isCoolingDown = (budget: RiskBudget, clock: RiskClock, { symbol, timeMs }: EntryRequest): boolean => {
  const { cooldownBars } = clock.limits
  const lastExit = Object.hasOwn(budget.lastExitMs, symbol) ? budget.lastExitMs[symbol] : undefined
  if (cooldownBars === null || cooldownBars === 0 || lastExit === undefined) return false
  return timeMs <= lastExit + cooldownBars * clock.barMs
}

const isDayLost = ({ equity, dayEquity }: RiskBudget, { dailyLossFraction }: RiskLimits): boolean =>
  dailyLossFraction !== null && equity <= dayEquity * (1 - dailyLossFraction)

const exceeds = (notional: number, fraction: number | null, equity: number): boolean =>
  // The slack is for the rounding of notional itself: a limit of 1 admits a position of all the equity.
  fraction !== null && notional > fraction * equity * (1 + 1e-12)

/** The exposure limit that refuses to add to a position or to open one, or null. */
export const denyExposure = (limits: RiskLimits, request: EntryRequest): RiskDenialCode | null => {
  const { symbol, notional, openNotional, equity } = request
  invariant(notional >= 0, 'the notional of an entry is not negative')
  const held = Object.hasOwn(openNotional, symbol) ? (openNotional[symbol] ?? 0) : 0
  if (exceeds(held + notional, limits.maxSymbolExposureFraction, equity)) return 'MAX_SYMBOL_EXPOSURE'
  const total = Object.values(openNotional).reduce((sum, open) => sum + open, 0)
  return exceeds(total + notional, limits.maxExposureFraction, equity) ? 'MAX_EXPOSURE' : null
}

/** The limit that refuses to open a position, or null when it is within the budget. Pauses come before sizes. */
export const denyEntry = (
  budget: RiskBudget,
  clock: RiskClock,
  request: EntryRequest,
): RiskDenialCode | null => {
  const { limits } = clock
  startDay(budget, request.timeMs)
  if (budget.drawdownUntilMs === null || request.timeMs < budget.drawdownUntilMs) return 'MAX_DRAWDOWN'
  if (isDayLost(budget, limits)) return 'DAILY_LOSS'
  if (request.timeMs < budget.guardUntilMs) return 'STOP_LOSS_GUARD'
  if (isCoolingDown(budget, clock, request)) return 'COOLDOWN'
  const others = Object.keys(request.openNotional).filter((symbol) => symbol !== request.symbol)
  if (limits.maxOpenPositions !== null && others.length >= limits.maxOpenPositions) {
    return 'MAX_OPEN_POSITIONS'
  }
  return denyExposure(limits, request)
}
