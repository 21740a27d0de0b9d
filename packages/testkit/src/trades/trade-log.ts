import { EXIT_REASONS, type ExitReason, type TradeLog } from '@botcriptofy/engine/positions'

/** One trade of a hand-made list; what is left out is a flat long trade of one unit at price 100. */
export interface TradeRow {
  readonly side?: 'long' | 'short'
  readonly entryIndex?: number
  readonly exitIndex?: number
  readonly entryPrice?: number
  readonly exitPrice?: number
  readonly quantity?: number
  readonly fees?: number
  readonly pnl?: number
  readonly returnFraction?: number
  readonly exitReason?: ExitReason
  readonly gap?: boolean
  readonly slippageCost?: number
  readonly mae?: number
  readonly mfe?: number
}

/** The columns of a hand-made trade list, ordered as given. */
export const tradeLogOf = (rows: readonly TradeRow[]): TradeLog => {
  const floats = (value: (row: TradeRow) => number) => Float64Array.from(rows, value)
  return {
    length: rows.length,
    side: Int8Array.from(rows, (row) => (row.side === 'short' ? -1 : 1)),
    entryIndex: Int32Array.from(rows, (row) => row.entryIndex ?? 0),
    exitIndex: Int32Array.from(rows, (row) => row.exitIndex ?? 1),
    entryPrice: floats((row) => row.entryPrice ?? 100),
    exitPrice: floats((row) => row.exitPrice ?? 100),
    quantity: floats((row) => row.quantity ?? 1),
    fees: floats((row) => row.fees ?? 0),
    pnl: floats((row) => row.pnl ?? 0),
    returnFraction: floats((row) => row.returnFraction ?? (row.pnl ?? 0) / 100),
    exitReason: Uint8Array.from(rows, (row) => EXIT_REASONS.indexOf(row.exitReason ?? 'signal')),
    gap: Uint8Array.from(rows, (row) => (row.gap === true ? 1 : 0)),
    slippageCost: floats((row) => row.slippageCost ?? 0),
    mae: floats((row) => row.mae ?? 0),
    mfe: floats((row) => row.mfe ?? 0),
  }
}
