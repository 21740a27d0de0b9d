import type { EquitySeries } from './equity-series.ts'
import type { Measured } from './reasons.ts'

/**
 * Drawdowns of an equity series with E_0 included. An episode runs from the last row at a peak to the first row
 * back at that peak, or to the end. Depths are fractions <= 0, `worstAbs` is in quote units, durations in ms.
 */
export interface Drawdowns {
  readonly episodes: number
  readonly worst: number
  readonly worstAbs: number
  readonly depthSum: number
  readonly longestMs: number
  readonly durationSumMs: number
}

/** One pass without an object per row. */
export const measureDrawdowns = ({ time, equity, from, to, startEquity }: EquitySeries): Drawdowns => {
  let episodes = 0
  let worst = 0
  let worstAbs = 0
  let depthSum = 0
  let longestMs = 0
  let durationSumMs = 0
  let peak = startEquity
  let trough = startEquity
  let peakTime = time[from] as number
  for (let i = from; i <= to; i++) {
    // One step past the last row closes an episode that never recovered, stamped with the last row.
    const isEnd = i === to
    const value = isEnd ? Infinity : (equity[i] as number)
    if (value < peak) {
      if (value < trough) trough = value
      continue
    }
    const timeMs = time[isEnd ? to - 1 : i] as number
    if (trough < peak) {
      const depth = trough / peak - 1
      const durationMs = timeMs - peakTime
      episodes++
      depthSum += depth
      durationSumMs += durationMs
      if (depth < worst) worst = depth
      if (peak - trough > worstAbs) worstAbs = peak - trough
      if (durationMs > longestMs) longestMs = durationMs
    }
    peak = value
    trough = value
    peakTime = timeMs
  }
  return { episodes, worst, worstAbs, depthSum, longestMs, durationSumMs }
}

export interface DrawdownMetrics {
  /** Fraction <= 0; 0 when equity never fell. */
  readonly maxDrawdown: number
  /** Quote units >= 0. */
  readonly maxDrawdownAbs: number
  /** Mean depth of the episodes, fraction < 0. */
  readonly avgDrawdown: Measured
  readonly maxDrawdownDurationMs: Measured
  readonly avgDrawdownDurationMs: Measured
}

/** specs §4, rows 13 to 16. */
export const drawdownMetrics = (drawdowns: Drawdowns): DrawdownMetrics => {
  const { episodes } = drawdowns
  const ofEpisodes = (value: number): Measured => (episodes === 0 ? 'NO_DRAWDOWN' : value)
  return {
    maxDrawdown: drawdowns.worst,
    maxDrawdownAbs: drawdowns.worstAbs,
    avgDrawdown: ofEpisodes(drawdowns.depthSum / episodes),
    maxDrawdownDurationMs: ofEpisodes(drawdowns.longestMs),
    avgDrawdownDurationMs: ofEpisodes(drawdowns.durationSumMs / episodes),
  }
}

/** Ulcer index (Martin, 1987): root of the mean squared drawdown of D_0..D_n, a fraction >= 0. */
export const ulcerIndex = (daily: Float64Array): number => {
  let peak = 0
  let sum = 0
  for (const value of daily) {
    if (value > peak) peak = value
    const depth = value / peak - 1
    sum += depth * depth
  }
  return Math.sqrt(sum / daily.length)
}
