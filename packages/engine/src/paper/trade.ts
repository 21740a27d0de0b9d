import type { ExitReason, TradeFill } from '../positions/index.ts'
import type { Direction } from './account.ts'

/**
 * A round trip from flat to flat. Prices are the means of its fills by quantity, `quantity` is all that was bought;
 * reason and gap are those of the last exit. Money is in quote units.
 */
export interface PaperTrade {
  readonly side: Direction
  readonly entryIndex: number
  readonly entryTime: number
  readonly entryPrice: number
  readonly exitIndex: number
  readonly exitTime: number
  readonly exitPrice: number
  readonly quantity: number
  /** Of all fills, without funding. */
  readonly fees: number
  /** Paid at funding times; received is negative. */
  readonly funding: number
  /** Net of fees and funding. */
  readonly pnl: number
  /** pnl / (quantity * entryPrice). */
  readonly returnFraction: number
  readonly reason: ExitReason
  readonly gap: boolean
  readonly slippageCost: number
  /** Worst and best excursion as a fraction of the mean entry price: mae <= 0 <= mfe. */
  readonly mae: number
  readonly mfe: number
  readonly fills: readonly TradeFill[]
}
