import { packBytes, packFloat32, packFloat64 } from '../page/pack.ts'
import { accountOf, type AccountReportData, type BacktestReportData } from './data.ts'
import { drawdownColumn } from './equity-history.ts'
import { exitText } from './exit-table.ts'
import { exposureSteps } from './exposure.ts'
import { priceBars, type PriceBars } from './price-bars.ts'
import { type PackedLevels, packLevels } from './trade-levels.ts'
import { type PackedReasons, packReasons } from './trade-reasons.ts'
import { TRADES_SHOWN } from './trades-table.ts'

export const EXPOSURE_STEPS = 365
/** More points would hide each other; those of the first trades are kept. */
export const TRADES_DRAWN = 5000

export type Column = string

/**
 * What the scripts of every report read, as JSON. Columns are base64: times (epoch seconds) and trade prices of float64,
 * the rest of float32, where NaN stands for nothing.
 */
export interface AccountChartData {
  readonly quote: string
  readonly curve: {
    readonly time: Column
    readonly equity: Column
    readonly held: Column | null
    readonly drawdown: Column
    readonly worst: Column | null
    readonly best: Column | null
  }
  readonly sharpe: { readonly time: Column; readonly value: Column }
  readonly trades: TradeColumns
}

/** What those of a report of one series read. */
export interface ChartData extends AccountChartData {
  readonly exposure: { readonly time: Column; readonly long: Column; readonly short: Column }
  readonly bars: PriceBars
  /** Where stops and targets of the trades stood. */
  readonly levels: PackedLevels
  /** Which comparisons led to entries and exits, of as many trades as were explained. */
  readonly why: PackedReasons
  /** Of trades with more than one entry or exit: trade, entry?, epoch second, price, quantity. */
  readonly fills: readonly (readonly [number, boolean, number, number, number])[]
  /** A position still open at the end: long?, epoch second, price. */
  readonly open: readonly [boolean, number, number] | null
}

interface TradeColumns {
  readonly count: number
  /** 1 for a long. */
  readonly long: Column
  readonly entryTime: Column
  readonly entryPrice: Column
  readonly exitTime: Column
  readonly exitPrice: Column
  readonly result: Column
  readonly pnl: Column
  readonly mae: Column
  readonly mfe: Column
  readonly quantity: Column
  readonly fees: Column
  /** Index into `reasons`. */
  readonly reason: Column
  readonly reasons: readonly string[]
}

/** Equity of holding from the first tradable open; NaN before it, null when there is none. */
export const heldColumn = ({ candles, equity, config, detail }: BacktestReportData): Float64Array | null => {
  const { firstTradableBar } = detail
  const rows = equity.length
  if (firstTradableBar >= rows) return null
  const base = candles.open[firstTradableBar] as number
  return Float64Array.from({ length: rows }, (_, row) =>
    row < firstTradableBar ? Number.NaN : (config.initialCapital * (candles.close[row] as number)) / base,
  )
}

const tradeColumns = ({ result, detail }: AccountReportData): TradeColumns => {
  const trades = result.trades.slice(0, TRADES_DRAWN)
  const { mae, mfe } = detail
  const texts = trades.map(exitText)
  const reasons = [...new Set(texts)]
  return {
    count: trades.length,
    long: packBytes(trades.map(({ side }) => (side === 'long' ? 1 : 0))),
    entryTime: packFloat64(trades.map(({ entryTime }) => entryTime / 1000)),
    entryPrice: packFloat64(trades.map(({ entryPrice }) => entryPrice)),
    exitTime: packFloat64(trades.map(({ exitTime }) => exitTime / 1000)),
    exitPrice: packFloat64(trades.map(({ exitPrice }) => exitPrice)),
    result: packFloat32(trades.map(({ returnFraction }) => returnFraction)),
    pnl: packFloat32(trades.map(({ pnl }) => pnl)),
    mae: packFloat32(mae.subarray(0, trades.length)),
    mfe: packFloat32(mfe.subarray(0, trades.length)),
    quantity: packFloat32(trades.map(({ quantity }) => quantity)),
    fees: packFloat32(trades.map(({ fees }) => fees)),
    reason: packBytes(texts.map((text) => reasons.indexOf(text))),
    reasons,
  }
}

/** A column of the rows of an account as base64 of epoch seconds. */
export const secondsAt = (time: Float64Array, rows: ArrayLike<number>): Column =>
  packFloat64(Array.from(rows, (row) => (time[row] as number) / 1000))

/** `held`: at `detail.curveRows`; null when there is none. */
export const accountChartData = (data: AccountReportData, held: Float64Array | null): AccountChartData => {
  const { time, equity, config, detail, quote } = data
  const { curveRows, band, sharpe } = detail
  const atRows = (column: Float64Array) => packFloat32(Array.from(curveRows, (row) => column[row] as number))
  return {
    quote,
    curve: {
      time: secondsAt(time, curveRows),
      equity: atRows(equity),
      held: held === null ? null : packFloat32(held),
      drawdown: atRows(drawdownColumn({ time, equity, initialCapital: config.initialCapital })),
      worst: band === null ? null : packFloat32(band.worst),
      best: band === null ? null : packFloat32(band.best),
    },
    sharpe: { time: secondsAt(time, sharpe.rows), value: packFloat32(sharpe.values) },
    trades: tradeColumns(data),
  }
}

export const chartData = (data: BacktestReportData): ChartData => {
  const { candles, result, detail } = data
  const { time } = candles
  const held = heldColumn(data)
  const exposure = exposureSteps(data, EXPOSURE_STEPS)
  const { openPosition, curveRows } = detail
  const account = accountChartData(
    accountOf(data),
    held === null ? null : Float64Array.from(curveRows, (row) => held[row] as number),
  )
  return {
    ...account,
    exposure: {
      time: secondsAt(time, exposure.from),
      long: packFloat32(exposure.long),
      short: packFloat32(exposure.short),
    },
    bars: priceBars(candles, result.bars, result.trades.slice(0, TRADES_SHOWN)),
    levels: packLevels(data, TRADES_DRAWN),
    why: packReasons(data),
    fills: result.trades
      .slice(0, TRADES_DRAWN)
      .flatMap(({ fills = [] }, trade) =>
        fills.map(
          ({ leg, time: timeMs, price, quantity }) =>
            [trade, leg === 'entry', timeMs / 1000, price, quantity] as const,
        ),
      ),
    open:
      openPosition === null
        ? null
        : [
            openPosition.side === 'long',
            (time[openPosition.entryIndex] as number) / 1000,
            openPosition.entryPrice,
          ],
  }
}
