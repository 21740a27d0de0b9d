import type { SimulatedBook } from './book.ts'
import { klinesOf } from './history.ts'
import type { SimulatedMarket } from './market.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** The figures of a ticker, in steps; `quoteVolume` in price steps times amount steps. */
export interface DayFigures {
  readonly timeMs: number
  readonly last: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly volume: number
  readonly quoteVolume: number
  readonly trades: number
  readonly book: SimulatedBook
}

/** What was traded within a day before the moment, in whole bars; undefined before the first trade. */
export const dayFiguresOf = (
  market: SimulatedMarket,
  book: SimulatedBook,
  nowMs: number,
): DayFigures | undefined => {
  const { series } = market
  const intervalMs = HOUR_MS % series.timeframeMs === 0 ? HOUR_MS : series.timeframeMs
  const limit = Math.ceil(DAY_MS / intervalMs) + 1
  const bars = klinesOf(series, { intervalMs, startMs: nowMs - DAY_MS, limit, nowMs })
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const sum = (figure: 'volume' | 'quoteVolume' | 'trades') =>
    bars.reduce((total, bar) => total + bar[figure], 0)
  return {
    timeMs: nowMs,
    last: last.close,
    open: first.open,
    high: Math.max(...bars.map(({ high }) => high)),
    low: Math.min(...bars.map(({ low }) => low)),
    volume: sum('volume'),
    quoteVolume: sum('quoteVolume'),
    trades: sum('trades'),
    book,
  }
}
