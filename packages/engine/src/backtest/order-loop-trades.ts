import type { PaperTrade } from '../paper/index.ts'
import { EXIT_REASONS, type TradeLog } from '../positions/index.ts'

const hasMoreThanTwoFills = ({ fills }: PaperTrade): boolean => fills.length > 2

/** The trades of the paper venue as columns. */
export const paperTradeLog = (trades: readonly PaperTrade[]): TradeLog => {
  const floats = (value: (trade: PaperTrade) => number) => Float64Array.from(trades, value)
  return {
    length: trades.length,
    side: Int8Array.from(trades, ({ side }) => side),
    entryIndex: Int32Array.from(trades, ({ entryIndex }) => entryIndex),
    entryPrice: floats(({ entryPrice }) => entryPrice),
    exitIndex: Int32Array.from(trades, ({ exitIndex }) => exitIndex),
    exitPrice: floats(({ exitPrice }) => exitPrice),
    quantity: floats(({ quantity }) => quantity),
    fees: floats(({ fees }) => fees),
    pnl: floats(({ pnl }) => pnl),
    returnFraction: floats(({ returnFraction }) => returnFraction),
    exitReason: Uint8Array.from(trades, ({ reason }) => EXIT_REASONS.indexOf(reason)),
    gap: Uint8Array.from(trades, ({ gap }) => (gap ? 1 : 0)),
    slippageCost: floats(({ slippageCost }) => slippageCost),
    mae: floats(({ mae }) => mae),
    mfe: floats(({ mfe }) => mfe),
    ...(trades.some(({ funding }) => funding !== 0) ? { funding: floats(({ funding }) => funding) } : {}),
    ...(trades.some(hasMoreThanTwoFills)
      ? { fills: trades.map((trade) => (hasMoreThanTwoFills(trade) ? trade.fills : null)) }
      : {}),
  }
}
