import { hourOfWeek } from '../metrics/index.ts'
import type { TradeLog } from '../positions/index.ts'
import { counted, type Findings, money, type RecommendationRule } from './recommendation.ts'

const HOURS = 24
const DAY_MS = 86_400_000
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** The trades entered in one hour of the day, or on one weekday. */
interface Slot {
  readonly name: string
  trades: number
  pnl: number
  returns: number
  squares: number
}

/** Fewer trades prove nothing about an hour. */
const MIN_SLOT_TRADES = 10
/**
 * One-sided, five in a hundred for the worst of 31 slots that mean nothing: Phi(-2.94) = 0.05 / 31; rounded up, since
 * returns have fatter tails than the normal distribution.
 */
const MIN_LOSS_T = 3
/** A slot carries a result where it holds no more than this share of the trades. */
const MAX_TRADE_SHARE = 0.5
/** With fewer slots in use the bars are too long to tell hours apart. */
const MIN_SLOTS = 4

const slot = (name: string): Slot => ({ name, trades: 0, pnl: 0, returns: 0, squares: 0 })

const addTrade = (into: Slot, trades: TradeLog, row: number): void => {
  const fraction = trades.returnFraction[row]!
  into.trades++
  into.pnl += trades.pnl[row]!
  into.returns += fraction
  into.squares += fraction * fraction
}

const hourName = (hour: number): string =>
  `from ${String(hour).padStart(2, '0')}:00 to ${String(hour).padStart(2, '0')}:59 UTC`

/** Hours of the day and days of the week with trades, by the open of the entry bar. */
const slotsOf = ({ result: { trades }, time }: Findings): readonly (readonly Slot[])[] => {
  const hours = Array.from({ length: HOURS }, (_, hour) => slot(hourName(hour)))
  const weekdays = WEEKDAYS.map((name) => slot(`on a ${name} (UTC)`))
  for (let row = 0; row < trades.length; row++) {
    const hour = hourOfWeek(time[trades.entryIndex[row]!]!)
    addTrade(hours[hour % HOURS]!, trades, row)
    addTrade(weekdays[Math.floor(hour / HOURS)]!, trades, row)
  }
  return [hours, weekdays].map((slots) => slots.filter(({ trades: count }) => count > 0))
}

/** Student's t of the mean return; 0 where all returns are equal, which no market gives. */
const tOf = ({ trades, returns, squares }: Slot): number => {
  const mean = returns / trades
  const variance = (squares - trades * mean * mean) / (trades - 1)
  return variance <= 0 ? 0 : mean / Math.sqrt(variance / trades)
}

export const losingHours: RecommendationRule = (findings) => {
  const slots = slotsOf(findings).filter((group) => group.length >= MIN_SLOTS)
  const worst = slots
    .flat()
    .filter(({ trades, pnl }) => trades >= MIN_SLOT_TRADES && pnl < 0)
    .map((each) => ({ ...each, t: tOf(each) }))
    .reduce<(Slot & { readonly t: number }) | null>((a, b) => (a === null || b.t < a.t ? b : a), null)
  if (worst === null || worst.t >= -MIN_LOSS_T) return null
  const text = `${counted(worst.trades, 'trade')} entered ${worst.name} lost ${money(-worst.pnl)} (t = ${worst.t.toFixed(1)}, beyond -${MIN_LOSS_T} luck is no explanation): test the strategy without them.`
  return { value: worst.t, limit: -MIN_LOSS_T, text }
}

/** Bars of a day have no hours, and a position that is held over days owes nothing to the weekday of its entry. */
export const oneHourMakesProfit: RecommendationRule = (findings) => {
  const { trades } = findings.result
  if (findings.barMs !== undefined && findings.barMs >= DAY_MS) return null
  let total = 0
  for (let row = 0; row < trades.length; row++) total += trades.pnl[row]!
  if (total <= 0 || trades.length < 2 * MIN_SLOT_TRADES) return null
  const best = slotsOf(findings)
    .filter((group) => group.length >= MIN_SLOTS)
    .flat()
    .filter(({ trades: count }) => count <= trades.length * MAX_TRADE_SHARE)
    .reduce<Slot | null>((a, b) => (a === null || b.pnl > a.pnl ? b : a), null)
  if (best === null || best.pnl < total) return null
  const share = best.pnl / total
  const text = `${counted(best.trades, 'trade')} of ${trades.length} entered ${best.name} made ${money(best.pnl)} of a profit of ${money(total)}: without them nothing is left.`
  return { value: share, limit: 1, text }
}
