import type { Trade } from '@botcriptofy/engine/backtest'
import type { Candles } from '@botcriptofy/engine/market'
import { bucketStarts, mergeBars } from '../page/downsample.ts'
import { decimalsOf, packBars, type PackedBars } from '../page/pack-bars.ts'

/** The candles of a page: the whole period coarsely, and finer where trades are. */
export interface PriceBars {
  readonly overview: PackedBars
  /** Every bar around entries and exits, coarser ones between; null where the overview has every bar already. */
  readonly detail: PackedBars | null
}

const OVERVIEW_BARS = 1200
/** As many bars are kept in full as fit these bytes; in base64 they take a third more. */
const DETAIL_BYTES = 660_000
const MOST_DETAIL_BARS = 100_000
/** Candles drawn for a stretch without full resolution. */
const BETWEEN = 10
const MARGIN_SHARE = 6
const MOST_MARGIN = 40

interface Span {
  readonly from: number
  readonly to: number
}

/** Rows of each trade that are kept in full when each may keep `barsEach`: all of it, or those around its two ends. */
const spansOf = (trades: readonly Trade[], barsEach: number, rows: number): Span[] => {
  const margin = Math.max(2, Math.min(MOST_MARGIN, Math.floor(barsEach / MARGIN_SHARE)))
  const half = Math.max(2, Math.floor(barsEach / 4))
  return trades.flatMap(({ entryIndex, exitIndex }) => {
    const whole = { from: Math.max(0, entryIndex - margin), to: Math.min(rows, exitIndex + margin + 1) }
    if (whole.to - whole.from <= barsEach) return [whole]
    return [
      { from: Math.max(0, entryIndex - half), to: Math.min(rows, entryIndex + half + 1) },
      { from: Math.max(0, exitIndex - half), to: Math.min(rows, exitIndex + half + 1) },
    ]
  })
}

/** First rows of the bars to draw: every row of a span, and a few bars for what lies between two spans. */
const startsOf = (spans: readonly Span[], rows: number, coarse: number): number[] => {
  const starts: number[] = []
  const between = (from: number, to: number) => {
    const step = Math.max(1, Math.min(coarse, Math.ceil((to - from) / BETWEEN)))
    for (let row = from; row < to; row += step) starts.push(row)
  }
  let done = 0
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    between(done, from)
    for (let row = Math.max(done, from); row < to; row++) starts.push(row)
    done = Math.max(done, to)
  }
  between(done, rows)
  return starts
}

const bytesOf = ({ times, prices }: PackedBars): number => ((times.length + prices.length) * 3) / 4

const SAMPLE_ROWS = 2000
/** Merged bars move further than single ones and so take more bytes. */
const MERGED_FACTOR = 1.15

/** About as many bars as fit, judged by the first rows. */
const firstBudget = (candles: Candles, rows: number, decimals: number): number => {
  const sample = Math.min(rows, SAMPLE_ROWS)
  const starts = bucketStarts(sample, sample)
  const bytes = bytesOf(packBars(mergeBars(candles, sample, starts), sample, decimals))
  return Math.min(MOST_DETAIL_BARS, Math.floor((DETAIL_BYTES * sample) / (bytes * MERGED_FACTOR)))
}

/** Of the first `rows` rows; `trades` are those that a reader can jump to. */
export const priceBars = (candles: Candles, rows: number, trades: readonly Trade[]): PriceBars => {
  const coarse = mergeBars(candles, rows, bucketStarts(rows, OVERVIEW_BARS))
  const decimals = decimalsOf(coarse)
  const overview = packBars(coarse, rows, decimals)
  if (rows <= OVERVIEW_BARS) return { overview, detail: null }
  const step = Math.ceil(rows / OVERVIEW_BARS)
  let budget = firstBudget(candles, rows, decimals)
  for (;;) {
    const spans =
      rows <= budget ? [{ from: 0, to: rows }] : spansOf(trades, budget / Math.max(1, trades.length), rows)
    const detail = packBars(mergeBars(candles, rows, startsOf(spans, rows, step)), rows, decimals)
    const bytes = bytesOf(detail)
    if (bytes <= DETAIL_BYTES || budget < OVERVIEW_BARS) return { overview, detail }
    budget = Math.floor(budget * Math.min(0.9, DETAIL_BYTES / bytes))
  }
}
