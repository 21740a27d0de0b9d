import type { EquityWalk } from './equity-walk.ts'
import type { Measured } from './reasons.ts'

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
export const drawdownMetrics = (walk: EquityWalk): DrawdownMetrics => {
  const { episodes } = walk
  const ofEpisodes = (value: number): Measured => (episodes === 0 ? 'NO_DRAWDOWN' : value)
  return {
    maxDrawdown: walk.worstDepth,
    maxDrawdownAbs: walk.worstLoss,
    avgDrawdown: ofEpisodes(walk.depthSum / episodes),
    maxDrawdownDurationMs: ofEpisodes(walk.longestMs),
    avgDrawdownDurationMs: ofEpisodes(walk.durationSumMs / episodes),
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
