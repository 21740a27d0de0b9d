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

/** Walks a series once, without an object per row. Throws on equity that is not a number. */
export const walkEquity = (series: EquitySeries): EquityWalk => {
  const { time, equity, from, startEquity } = series
  let to = Math.max(from, series.to)
  let episodes = 0
  let worstDepth = 0
  let worstLoss = 0
  let depthSum = 0
  let longestMs = 0
  let durationSumMs = 0
  let sum = 0
  let value = startEquity
  let peak = startEquity
  let trough = startEquity
  let peakTime = time[from] ?? 0

  // One step past the last row ends an episode that never recovered, at the stamp of that row.
  for (let i = from; i <= to; i++) {
    const isEnd = i === to
    const point = isEnd ? Infinity : (equity[i] as number)
    if (point < peak) {
      value = point
      if (point <= 0) {
        value = 0
        to = i + 1
      }
      if (value < trough) trough = value
      sum += value
      continue
    }
    if (Number.isNaN(point)) throw new Error(`Invariant broken: equity of row ${i} is not a number`)
    const timeMs = time[isEnd ? to - 1 : i] as number
    if (trough < peak) {
      const depth = trough / peak - 1
      const durationMs = timeMs - peakTime
      episodes++
      depthSum += depth
      durationSumMs += durationMs
      if (depth < worstDepth) worstDepth = depth
      if (peak - trough > worstLoss) worstLoss = peak - trough
      if (durationMs > longestMs) longestMs = durationMs
    }
    if (isEnd) break
    value = point
    sum += point
    peak = point
    trough = point
    peakTime = timeMs
  }
  const meanEquity = to === from ? startEquity : sum / (to - from)
  return {
    to,
    endEquity: value,
    meanEquity,
    episodes,
    worstDepth,
    worstLoss,
    depthSum,
    longestMs,
    durationSumMs,
  }
}
