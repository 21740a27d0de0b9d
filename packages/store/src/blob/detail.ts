import type { BacktestDetail, CurveDetail, OpenPosition } from '@botcriptofy/engine/backtest'
import { packColumns, unpackColumns } from './columns.ts'

/** A position as numbers: side, place of the entry, price and quantity. */
export const openColumn = ({ side, entryIndex, entryPrice, quantity }: OpenPosition): Float64Array =>
  Float64Array.of(side === 'long' ? 1 : -1, entryIndex, entryPrice, quantity)

/** What all reports draw. */
export const curveColumns = (detail: CurveDetail) => {
  const { band, sharpe } = detail
  return {
    facts: Int32Array.of(detail.firstTradableBar, sharpe.windowDays),
    curveRows: detail.curveRows,
    mae: detail.mae,
    mfe: detail.mfe,
    sharpeRows: sharpe.rows,
    sharpe: sharpe.values,
    ...(band === null ? {} : { worst: band.worst, best: band.best }),
  }
}

/** What a report draws beyond trades and equity, as one compressed blob. */
export const packDetail = (detail: BacktestDetail): Buffer => {
  const { openPosition: open, reasons, levels } = detail
  return packColumns({
    ...curveColumns(detail),
    ...(open === null ? {} : { open: openColumn(open) }),
    ...(levels === null
      ? {}
      : { levelCounts: levels.counts, levelBars: levels.bars, levelPrices: levels.prices }),
    // Texts among the numbers, so they stand as the bytes of JSON.
    ...(reasons.length === 0 ? {} : { reasons: new TextEncoder().encode(JSON.stringify(reasons)) }),
  })
}

type Columns = ReturnType<typeof unpackColumns>

export const whole = (columns: Columns, name: string): Int32Array<ArrayBuffer> => {
  const column = columns[name]
  if (column instanceof Int32Array) return Int32Array.from(column)
  throw new TypeError(`expected the column ${name} as int32`)
}

export const real = (columns: Columns, name: string): Float64Array<ArrayBuffer> => {
  const column = columns[name]
  if (column instanceof Float64Array) return Float64Array.from(column)
  throw new TypeError(`expected the column ${name} as float64`)
}

export const openOf = ([
  side = 0,
  entryIndex = 0,
  entryPrice = 0,
  quantity = 0,
]: Float64Array): OpenPosition => ({
  side: side > 0 ? 'long' : 'short',
  entryIndex,
  entryPrice,
  quantity,
})

export const readCurves = (blob: Uint8Array): { readonly columns: Columns; readonly curves: CurveDetail } => {
  const columns = unpackColumns(blob)
  const [firstTradableBar = 0, windowDays = 0] = whole(columns, 'facts')
  const curves = {
    firstTradableBar,
    curveRows: whole(columns, 'curveRows'),
    band:
      columns['worst'] === undefined ? null : { worst: real(columns, 'worst'), best: real(columns, 'best') },
    mae: real(columns, 'mae'),
    mfe: real(columns, 'mfe'),
    sharpe: { windowDays, rows: whole(columns, 'sharpeRows'), values: real(columns, 'sharpe') },
  }
  return { columns, curves }
}

/** Blobs of earlier versions have none. */
const reasonsOf = ({ reasons }: Columns): BacktestDetail['reasons'] =>
  reasons instanceof Uint8Array
    ? (JSON.parse(new TextDecoder().decode(reasons)) as BacktestDetail['reasons'])
    : []

const levelsOf = (columns: Columns): BacktestDetail['levels'] =>
  columns['levelCounts'] === undefined
    ? null
    : {
        counts: whole(columns, 'levelCounts'),
        bars: whole(columns, 'levelBars'),
        prices: real(columns, 'levelPrices'),
      }

export const unpackDetail = (blob: Uint8Array): BacktestDetail => {
  const { columns, curves } = readCurves(blob)
  return {
    ...curves,
    openPosition: columns['open'] === undefined ? null : openOf(real(columns, 'open')),
    reasons: reasonsOf(columns),
    levels: levelsOf(columns),
  }
}
