import { extremeRows, mergeBars } from '../page/downsample.ts'
import type { BacktestReportData } from './data.ts'
import { drawdownColumn } from './equity-history.ts'

const CURVE_BUCKETS = 700
const BAR_BUCKETS = 3000
/** More marks would double the page; those of the first trades are kept. */
const TRADES_MARKED = 10_000

/** What the charts of a page read, as JSON; times are epoch seconds. */
export interface ChartData {
  readonly curve: {
    readonly time: readonly number[]
    readonly equity: readonly number[]
    /** Buying and holding from the first tradable open; null before it, and altogether when undefined. */
    readonly held: readonly (number | null)[] | null
    readonly drawdown: readonly number[]
  }
  readonly bars: {
    readonly time: readonly number[]
    readonly open: readonly number[]
    readonly high: readonly number[]
    readonly low: readonly number[]
    readonly close: readonly number[]
  }
  /** How many bars of the series one drawn bar stands for. */
  readonly barsPerBar: number
  readonly decimals: number
  readonly intraday: boolean
  /** Long?, entry second, exit second, return fraction. */
  readonly trades: readonly (readonly [boolean, number, number, number])[]
}

/** Nobody sees the eleventh digit of a chart, but it would double the size of the page. */
const short = (value: number): number => Number(value.toPrecision(9))
const seconds = (timeMs: number): number => Math.floor(timeMs / 1000)

/**
 * Equity of holding from the first tradable open, found back from the metric: last close / (1 + buyAndHold). Bars
 * before that open are warm-up.
 */
export const heldColumn = ({ candles, equity, config, result }: BacktestReportData): Float64Array | null => {
  const rows = equity.length
  const { buyAndHold } = result.metrics
  if (buyAndHold === null || rows === 0) return null
  const base = (candles.close[rows - 1] as number) / (1 + buyAndHold)
  const isBase = (open: number): boolean => Math.abs(open - base) <= base * 1e-12
  const first = Math.max(0, candles.open.subarray(0, rows).findIndex(isBase))
  return Float64Array.from({ length: rows }, (_, row) =>
    row < first ? Number.NaN : (config.initialCapital * (candles.close[row] as number)) / base,
  )
}

/** Decimals that show six significant digits of a usual price. */
const priceDecimals = (price: number): number =>
  price > 0 ? Math.min(10, Math.max(2, 5 - Math.floor(Math.log10(price)))) : 2

const DAY_SECONDS = 86_400

export const chartData = (data: BacktestReportData): ChartData => {
  const { candles, equity, config, result } = data
  const rows = equity.length
  const time = candles.time.subarray(0, rows)
  const drawdown = drawdownColumn({ time, equity, initialCapital: config.initialCapital })
  const held = heldColumn(data)
  const drawn = extremeRows(
    held === null ? [equity, drawdown] : [equity, drawdown, held],
    rows,
    CURVE_BUCKETS,
  )
  const pick = (column: Float64Array) => drawn.map((row) => short(column[row] as number))
  const bars = mergeBars(candles, rows, BAR_BUCKETS)
  const barTimes = bars.time.map(seconds)
  return {
    curve: {
      time: drawn.map((row) => seconds(time[row] as number)),
      equity: pick(equity),
      held: held === null ? null : pick(held).map((value) => (Number.isNaN(value) ? null : value)),
      drawdown: pick(drawdown),
    },
    bars: {
      time: barTimes,
      open: bars.open.map(short),
      high: bars.high.map(short),
      low: bars.low.map(short),
      close: bars.close.map(short),
    },
    barsPerBar: Math.max(1, Math.round(rows / Math.max(1, barTimes.length))),
    decimals: priceDecimals(candles.close[rows - 1] ?? 0),
    intraday: barTimes.some((second) => second % DAY_SECONDS !== 0),
    trades: result.trades
      .slice(0, TRADES_MARKED)
      .map(({ side, entryTime, exitTime, returnFraction }) => [
        side === 'long',
        seconds(entryTime),
        seconds(exitTime),
        short(returnFraction),
      ]),
  }
}
