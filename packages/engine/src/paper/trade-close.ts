import type { ExitReason } from '../positions/index.ts'
import type { PaperPosition } from './account.ts'
import type { BarRun } from './bar-run.ts'
import { noteExit } from './risk-gate.ts'
import type { PaperTrade } from './trade.ts'

/** A single exit keeps its price to the last bit. */
const meanExitPrice = ({ fills, proceeds, bought }: PaperPosition): number => {
  const exits = fills.filter(({ leg }) => leg === 'exit')
  return exits.length === 1 ? exits[0]!.price : proceeds / bought
}

/** Writes the row of a position that is flat now, and forgets what was to be done with it. */
export const closeTrade = (
  run: BarRun,
  position: PaperPosition,
  { reason, gap }: { readonly reason: ExitReason; readonly gap: boolean },
): void => {
  const { side, bought, entryPrice, fees, funding } = position
  const exitPrice = meanExitPrice(position)
  const pnl = side * bought * (exitPrice - entryPrice) - (fees + funding)
  const signedLow = side > 0 ? position.low : -position.high
  const signedHigh = side > 0 ? position.high : -position.low
  const signedEntry = side * entryPrice
  const trade: PaperTrade = {
    side,
    entryIndex: position.entryIndex,
    entryTime: position.entryTime,
    entryPrice,
    exitIndex: run.index,
    exitTime: run.time,
    exitPrice,
    quantity: bought,
    fees,
    funding,
    pnl,
    returnFraction: pnl / (bought * entryPrice),
    reason,
    gap,
    slippageCost: position.slippage,
    mae: Math.min(0, (signedLow - signedEntry) / entryPrice),
    mfe: Math.max(0, (signedHigh - signedEntry) / entryPrice),
    fills: position.fills,
  }
  run.trades.push(trade)
  noteExit(run, trade)
  run.account.position = null
  run.account.exit = null
}
