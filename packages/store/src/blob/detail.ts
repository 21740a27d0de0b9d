import type { BacktestDetail } from '@botcriptofy/engine/backtest'
import { packColumns, unpackColumns } from './columns.ts'

/** What a report draws beyond trades and equity, as one compressed blob. */
export const packDetail = (detail: BacktestDetail): Buffer => {
  const { band, sharpe, openPosition: open } = detail
  const side = open?.side === 'long' ? 1 : -1
  return packColumns({
    facts: Int32Array.of(detail.firstTradableBar, sharpe.windowDays),
    curveRows: detail.curveRows,
    mae: detail.mae,
    mfe: detail.mfe,
    sharpeRows: sharpe.rows,
    sharpe: sharpe.values,
    ...(band === null ? {} : { worst: band.worst, best: band.best }),
    ...(open === null
      ? {}
      : { open: Float64Array.of(side, open.entryIndex, open.entryPrice, open.quantity) }),
  })
}

type Columns = ReturnType<typeof unpackColumns>

const whole = (columns: Columns, name: string): Int32Array<ArrayBuffer> => {
  const column = columns[name]
  if (column instanceof Int32Array) return Int32Array.from(column)
  throw new TypeError(`expected the column ${name} as int32`)
}

const real = (columns: Columns, name: string): Float64Array<ArrayBuffer> => {
  const column = columns[name]
  if (column instanceof Float64Array) return Float64Array.from(column)
  throw new TypeError(`expected the column ${name} as float64`)
}

const openOf = ([side = 0, entryIndex = 0, entryPrice = 0, quantity = 0]: Float64Array) =>
  ({ side: side > 0 ? 'long' : 'short', entryIndex, entryPrice, quantity }) as const

export const unpackDetail = (blob: Uint8Array): BacktestDetail => {
  const columns = unpackColumns(blob)
  const [firstTradableBar = 0, windowDays = 0] = whole(columns, 'facts')
  return {
    firstTradableBar,
    curveRows: whole(columns, 'curveRows'),
    band:
      columns['worst'] === undefined ? null : { worst: real(columns, 'worst'), best: real(columns, 'best') },
    mae: real(columns, 'mae'),
    mfe: real(columns, 'mfe'),
    sharpe: { windowDays, rows: whole(columns, 'sharpeRows'), values: real(columns, 'sharpe') },
    openPosition: columns['open'] === undefined ? null : openOf(real(columns, 'open')),
  }
}
