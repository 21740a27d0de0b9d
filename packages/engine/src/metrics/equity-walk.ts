import { addRepeatedly } from './repeated-sum.ts'

/** An equity series as aligned columns; rows [from, to) count, the stamps are strictly ascending. */
export interface EquitySeries {
  /** Epoch ms UTC. */
  readonly time: Float64Array
  /** E_t in quote units, marked to market. */
  readonly equity: Float64Array
  readonly from: number
  readonly to: number
  /** E_0 > 0, stamped with the time of row `from`. */
  readonly startEquity: number
}

/**
 * What one pass over a series yields. A drawdown episode runs from the last row at a peak (E_0 included) to the first
 * row back at that peak, or to the end. Depths are fractions <= 0, money is in quote units, durations in ms.
 */
export interface EquityWalk {
  /** End of the rows walked: after the first row at zero or below, where the account ended, or the series' end. */
  readonly to: number
  /** E_n; exactly 0 for a blown account. */
  readonly endEquity: number
  /** Mean of E_t over the rows walked; E_0 when there are none. */
  readonly meanEquity: number
  readonly episodes: number
  readonly worstDepth: number
  readonly worstLoss: number
  readonly depthSum: number
  readonly longestMs: number
  readonly durationSumMs: number
}

/** A walk under way; the rows are handed to it in order, stretch by stretch, and no row makes an object. */
export interface EquityWalker {
  readonly time: Float64Array
  readonly from: number
  /** The next row. */
  to: number
  isBlown: boolean
  episodes: number
  worstDepth: number
  worstLoss: number
  depthSum: number
  longestMs: number
  durationSumMs: number
  sum: number
  value: number
  peak: number
  trough: number
  /** The last row at the peak. */
  peakRow: number
}

/**
 * Zero as a double. A field that starts as the integer 0 changes its kind with the first fraction written to it, and
 * with it the kind of its object: what was compiled for the walkers before would be thrown away with every new one.
 */
const ZERO = -0

export const startWalk = (series: Pick<EquitySeries, 'time' | 'from' | 'startEquity'>): EquityWalker => {
  const { time, from, startEquity } = series
  return {
    time,
    from,
    to: from,
    isBlown: false,
    episodes: 0,
    worstDepth: ZERO,
    worstLoss: ZERO,
    depthSum: ZERO,
    longestMs: ZERO,
    durationSumMs: ZERO,
    sum: ZERO,
    value: startEquity,
    peak: startEquity,
    trough: startEquity,
    peakRow: from,
  }
}

/** Ends the episode, if one runs, at a row that is back at the peak or the last of all. */
const endEpisode = (walker: EquityWalker, trough: number, row: number): void => {
  const { time, peak, peakRow } = walker
  if (!(trough < peak)) return
  const depth = trough / peak - 1
  const durationMs = (time[row] as number) - (time[peakRow] as number)
  walker.episodes++
  walker.depthSum += depth
  walker.durationSumMs += durationMs
  if (depth < walker.worstDepth) walker.worstDepth = depth
  if (peak - trough > walker.worstLoss) walker.worstLoss = peak - trough
  if (durationMs > walker.longestMs) walker.longestMs = durationMs
}

/** The account ends with nothing at a row where it was worth nothing or less. */
const blow = (walker: EquityWalker, row: number): void => {
  walker.isBlown = true
  walker.trough = 0
  walker.value = 0
  walker.to = row + 1
}

const requireNumber = (value: number, row: number): void => {
  if (Number.isNaN(value)) throw new Error(`Invariant broken: equity of row ${row} is not a number`)
}

/** A row is worth `cash + quantity * prices[row]`. */
export interface Holding {
  readonly prices: Float64Array
  readonly cash: number
  /** Negative for a short. */
  readonly quantity: number
}

/**
 * As `walkHeld` for rows that are all worth less than the peak and more than nothing, the least of them `lowest`: only
 * the sum needs every row.
 */
export const walkBelowPeak = (
  walker: EquityWalker,
  to: number,
  holding: Holding & { lowest: number },
): void => {
  if (walker.isBlown || walker.to >= to) return
  const { prices, cash, quantity, lowest } = holding
  if (lowest < walker.trough) walker.trough = lowest
  let { sum } = walker
  for (let i = walker.to; i < to; i++) sum += cash + quantity * (prices[i] as number)
  walker.sum = sum
  walker.value = cash + quantity * (prices[to - 1] as number)
  walker.to = to
}

/** The rows up to `to`, in which a position is held. Throws on equity that is not a number. */
export const walkHeld = (walker: EquityWalker, to: number, holding: Holding): void => {
  if (walker.isBlown) return
  const { prices, cash, quantity } = holding
  let { value, peak, trough, sum } = walker
  for (let i = walker.to; i < to; i++) {
    value = cash + quantity * (prices[i] as number)
    if (value < peak) {
      if (value < trough) {
        if (value <= 0) {
          walker.sum = sum
          blow(walker, i)
          return
        }
        trough = value
      }
    } else {
      requireNumber(value, i)
      if (trough < peak) endEpisode(walker, trough, i)
      walker.peak = peak = trough = value
      walker.peakRow = i
    }
    sum += value
  }
  walker.sum = sum
  walker.value = value
  walker.trough = trough
  walker.to = Math.max(walker.to, to)
}

/** The rows up to `to`, all worth the same. Throws as `walkHeld`. */
export const walkFlat = (walker: EquityWalker, to: number, value: number): void => {
  const from = walker.to
  if (walker.isBlown || from >= to) return
  if (value <= 0) {
    blow(walker, from)
    return
  }
  if (value < walker.peak) {
    if (value < walker.trough) walker.trough = value
  } else {
    requireNumber(value, from)
    endEpisode(walker, walker.trough, from)
    walker.peak = value
    walker.trough = value
    walker.peakRow = to - 1
  }
  walker.sum = addRepeatedly(walker.sum, value, to - from)
  walker.value = value
  walker.to = to
}

/** Adding 0 makes the 0 that nothing was added to a plain one. */
export const endWalk = (walker: EquityWalker): EquityWalk => {
  const { from, to, value } = walker
  endEpisode(walker, walker.trough, to - 1)
  const { episodes, worstDepth, worstLoss, depthSum, longestMs, durationSumMs } = walker
  return {
    to,
    endEquity: value,
    meanEquity: to === from ? value : walker.sum / (to - from),
    episodes,
    worstDepth: worstDepth + 0,
    worstLoss: worstLoss + 0,
    depthSum: depthSum + 0,
    longestMs: longestMs + 0,
    durationSumMs: durationSumMs + 0,
  }
}

/** Short enough that the engine of the host compiles the loop for what it does from the first series on. */
const CHUNK_ROWS = 8192

/** Walks a whole series. Throws on equity that is not a number. */
export const walkEquity = (series: EquitySeries): EquityWalk => {
  const walker = startWalk(series)
  const holding = { prices: series.equity, cash: 0, quantity: 1 }
  for (let from = series.from; from < series.to; from += CHUNK_ROWS) {
    walkHeld(walker, Math.min(from + CHUNK_ROWS, series.to), holding)
  }
  return endWalk(walker)
}
