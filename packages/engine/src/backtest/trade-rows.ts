import type { Candles } from '../market/index.ts'
import { EXIT_REASONS, type ExitReason, type TradeFill, type TradeLog } from '../positions/index.ts'

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
  /** What was traded; in portfolios only. */
  readonly symbol?: string
  /** Paid while open, quote units; negative where it was received. */
  readonly funding?: number
  /** Of a trade with more than one entry or exit; then prices are means, and `exitReason` is that of the last. */
  readonly fills?: readonly Fill[]
}

/** One buy or sell of a trade. */
export interface Fill {
  readonly leg: 'entry' | 'exit'
  readonly index: number
  /** Open time of the bar, epoch ms. */
  readonly time: number
  readonly price: number
  readonly quantity: number
  readonly fee: number
  /** Of an exit. */
  readonly reason?: ExitReason
}

const fillOf = ({ leg, index, price, quantity, fee, reason }: TradeFill, { time }: Candles): Fill => ({
  leg,
  index,
  time: time[index]!,
  price,
  quantity,
  fee,
  ...(reason === null ? {} : { reason }),
})

const optionalKeys = (log: TradeLog, candles: Candles, row: number): Pick<Trade, 'funding' | 'fills'> => {
  const funding = log.funding?.[row] ?? 0
  const fills = log.fills?.[row] ?? null
  return {
    ...(funding === 0 ? {} : { funding }),
    ...(fills === null ? {} : { fills: fills.map((fill) => fillOf(fill, candles)) }),
  }
}

interface RowSource {
  readonly log: TradeLog
  readonly candles: Candles
  readonly symbol: string | undefined
}

const tradeAt = ({ log, candles, symbol }: RowSource, row: number): Trade => ({
  side: log.side[row]! > 0 ? 'long' : 'short',
  entryIndex: log.entryIndex[row]!,
  entryTime: candles.time[log.entryIndex[row]!]!,
  entryPrice: log.entryPrice[row]!,
  exitIndex: log.exitIndex[row]!,
  exitTime: candles.time[log.exitIndex[row]!]!,
  exitPrice: log.exitPrice[row]!,
  quantity: log.quantity[row]!,
  fees: log.fees[row]!,
  pnl: log.pnl[row]!,
  returnFraction: log.returnFraction[row]!,
  exitReason: EXIT_REASONS[log.exitReason[row]!]!,
  ...(log.gap[row] === 1 ? { gap: true } : {}),
  ...(symbol === undefined ? {} : { symbol }),
  ...optionalKeys(log, candles, row),
})

/** Trades as they are printed; `symbol` is named in those of a portfolio. */
export const tradeRows = (log: TradeLog, candles: Candles, symbol?: string): readonly Trade[] =>
  Array.from({ length: log.length }, (_, row) => tradeAt({ log, candles, symbol }, row))
