import type { Candles } from '../market/index.ts'
import { EXIT_REASONS, type ExitReason, type TradeLog } from '../positions/index.ts'

/** A trade as the public contract prints it; the order of the keys is part of `tradesSha256`. */
export interface Trade {
  readonly side: 'long' | 'short'
  readonly entryIndex: number
  /** Open time of the entry bar, epoch ms. */
  readonly entryTime: number
  readonly entryPrice: number
  readonly exitIndex: number
  readonly exitTime: number
  readonly exitPrice: number
  readonly quantity: number
  readonly fees: number
  readonly pnl: number
  readonly returnFraction: number
  readonly exitReason: ExitReason
  readonly gap?: true
}

const tradeAt = (log: TradeLog, { time }: Candles, row: number): Trade => ({
  side: log.side[row]! > 0 ? 'long' : 'short',
  entryIndex: log.entryIndex[row]!,
  entryTime: time[log.entryIndex[row]!]!,
  entryPrice: log.entryPrice[row]!,
  exitIndex: log.exitIndex[row]!,
  exitTime: time[log.exitIndex[row]!]!,
  exitPrice: log.exitPrice[row]!,
  quantity: log.quantity[row]!,
  fees: log.fees[row]!,
  pnl: log.pnl[row]!,
  returnFraction: log.returnFraction[row]!,
  exitReason: EXIT_REASONS[log.exitReason[row]!]!,
  ...(log.gap[row] === 1 ? { gap: true } : {}),
})

export const tradeRows = (log: TradeLog, candles: Candles): readonly Trade[] =>
  Array.from({ length: log.length }, (_, row) => tradeAt(log, candles, row))
