import type { TradeLog } from '../positions/index.ts'

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

/** Finished trades as columns that double when they are full. A row is written in place, so that it makes no object. */
export interface TradeRecorder {
  columns: Columns
  length: number
}

const FEWEST_ROWS = 64
const BARS_PER_ROW = 64

/** The first columns hold a trade every 64 bars. */
export const createTradeRecorder = (bars: number): TradeRecorder => ({
  columns: allocate(Math.max(FEWEST_ROWS, Math.ceil(bars / BARS_PER_ROW))),
  length: 0,
})

/** Adds a row, whose columns the caller writes. */
export const addRow = (recorder: TradeRecorder): number => {
  const { columns, length } = recorder
  if (length === columns.side.length) {
    recorder.columns = allocate(length * 2)
    for (const name of Object.keys(columns) as (keyof Columns)[]) recorder.columns[name].set(columns[name])
  }
  recorder.length++
  return length
}

/** The rows so far; the columns are those of the recorder and may be longer. */
export const logOf = ({ columns, length }: TradeRecorder): TradeLog => ({ length, ...columns })

/** For runs of which nobody reads the trades. */
export const NO_TRADES: TradeLog = { length: 0, ...allocate(0) }
