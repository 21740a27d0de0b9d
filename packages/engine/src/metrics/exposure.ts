import type { TradeLog } from '../positions/index.ts'
import type { Measured } from './reasons.ts'

export interface ExposureInput {
  readonly trades: TradeLog
  readonly time: Float64Array
  /** First tradable bar; the tested time runs from its open to the open of the last bar. */
  readonly from: number
  /** Entry bar of a position that is still open at the end. */
  readonly openEntryIndex: number | null
}

/** Union of the times a position was open over the tested time, in [0, 1]. A trade lasts from entry to exit bar open. */
export const exposureTime = ({ trades, time, from, openEntryIndex }: ExposureInput): Measured => {
  if (from >= time.length) return 'NO_BARS'
  const endMs = time[time.length - 1] as number
  const testedMs = endMs - (time[from] as number)
  if (testedMs <= 0) return 'TOO_FEW_DAYS'
  let coveredFromMs = openEntryIndex === null ? endMs : (time[openEntryIndex] as number)
  let openMs = endMs - coveredFromMs
  // Trades are ordered by their end, so walking back needs only the earliest instant covered so far.
  for (let i = trades.length - 1; i >= 0; i--) {
    const entryMs = time[trades.entryIndex[i] as number] as number
    if (entryMs >= coveredFromMs) continue
    openMs += Math.min(time[trades.exitIndex[i] as number] as number, coveredFromMs) - entryMs
    coveredFromMs = entryMs
  }
  return openMs / testedMs
}

/** Notional bought and sold, in quote units. */
export const tradedNotional = ({ length, quantity, entryPrice, exitPrice }: TradeLog): number => {
  let sum = 0
  for (let i = 0; i < length; i++) {
    sum += (quantity[i] as number) * ((entryPrice[i] as number) + (exitPrice[i] as number))
  }
  return sum
}
