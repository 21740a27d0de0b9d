import type { EntryHour } from './periodic-tables.ts'

const HOUR_MS = 3_600_000
const HOURS = 24
const WEEK_HOURS = 7 * HOURS
/** Hours from Thursday 1970-01-01 back to the Monday before. */
const EPOCH_HOUR = 3 * HOURS

/** What the table needs of a trade. */
export interface EntryResult {
  /** Open of the entry bar, epoch ms. */
  readonly entryTime: number
  readonly pnl: number
  readonly returnFraction: number
}

/** UTC hour of the week: 0 for the first of a Monday, 167 for the last of a Sunday. */
export const hourOfWeek = (timeMs: number): number => {
  const hours = Math.floor(timeMs / HOUR_MS) + EPOCH_HOUR
  return hours - Math.floor(hours / WEEK_HOURS) * WEEK_HOURS
}

/** Results by the hour of the week of entry, UTC; hours without trades are left out. */
export const entryHours = (trades: readonly EntryResult[]): readonly EntryHour[] => {
  const slots = new Map<number, { trades: number; wins: number; pnl: number; returns: number }>()
  for (const { entryTime, pnl, returnFraction } of trades) {
    const hour = hourOfWeek(entryTime)
    const slot = slots.get(hour) ?? { trades: 0, wins: 0, pnl: 0, returns: 0 }
    slots.set(hour, slot)
    slot.trades++
    slot.wins += pnl > 0 ? 1 : 0
    slot.pnl += pnl
    slot.returns += returnFraction
  }
  return [...slots]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, { returns, ...slot }]) => ({
      weekday: Math.floor(hour / HOURS) + 1,
      hour: hour % HOURS,
      ...slot,
      meanReturn: returns / slot.trades,
    }))
}
