import { EXIT_REASONS, type ExitReason, type TradeLog } from '../positions/index.ts'

export interface TradeRow {
  readonly side: number
  readonly entryIndex: number
  readonly entryPrice: number
  readonly exitIndex: number
  readonly exitPrice: number
  readonly quantity: number
  readonly fees: number
  readonly pnl: number
  readonly reason: ExitReason
  readonly gap: boolean
  readonly slippageCost: number
  readonly mae: number
  readonly mfe: number
}

export interface TradeRecorder {
  readonly append: (row: TradeRow) => void
  /** The rows so far; the columns may be longer than `length`. */
  readonly log: () => TradeLog
}

const FIRST_CAPACITY = 256

const allocate = (capacity: number) => ({
  side: new Int8Array(capacity),
  entryIndex: new Int32Array(capacity),
  entryPrice: new Float64Array(capacity),
  exitIndex: new Int32Array(capacity),
  exitPrice: new Float64Array(capacity),
  quantity: new Float64Array(capacity),
  fees: new Float64Array(capacity),
  pnl: new Float64Array(capacity),
  returnFraction: new Float64Array(capacity),
  exitReason: new Uint8Array(capacity),
  gap: new Uint8Array(capacity),
  slippageCost: new Float64Array(capacity),
  mae: new Float64Array(capacity),
  mfe: new Float64Array(capacity),
})
type Columns = ReturnType<typeof allocate>

const grow = (old: Columns): Columns => {
  const grown = allocate(old.side.length * 2)
  for (const name of Object.keys(old) as (keyof Columns)[]) grown[name].set(old[name])
  return grown
}

const write = (columns: Columns, at: number, row: TradeRow): void => {
  columns.side[at] = row.side
  columns.entryIndex[at] = row.entryIndex
  columns.entryPrice[at] = row.entryPrice
  columns.exitIndex[at] = row.exitIndex
  columns.exitPrice[at] = row.exitPrice
  columns.quantity[at] = row.quantity
  columns.fees[at] = row.fees
  columns.pnl[at] = row.pnl
  columns.returnFraction[at] = row.pnl / (row.quantity * row.entryPrice)
  columns.exitReason[at] = EXIT_REASONS.indexOf(row.reason)
  columns.gap[at] = row.gap ? 1 : 0
  columns.slippageCost[at] = row.slippageCost
  columns.mae[at] = row.mae
  columns.mfe[at] = row.mfe
}

/** Writes finished trades into columns that double when they are full. */
export const createTradeRecorder = (): TradeRecorder => {
  let columns = allocate(FIRST_CAPACITY)
  let length = 0
  return {
    append: (row) => {
      if (length === columns.side.length) columns = grow(columns)
      write(columns, length++, row)
    },
    log: () => ({ length, ...columns }),
  }
}
