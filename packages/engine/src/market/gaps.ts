import type { Candles } from './candles.ts'

/** Missing bars with opens in [fromMs, toMs); `toMs` is the open of the next bar that is there. */
export interface Gap {
  readonly fromMs: number
  readonly toMs: number
  readonly missing: number
}

export interface GapReport {
  /** The length of a bar; undefined where fewer than two bars leave it unknown. */
  readonly barMs: number | undefined
  readonly gaps: readonly Gap[]
  /** Bars missing in all gaps together. */
  readonly missing: number
}

/** The length of a bar: the smallest step between two opens; undefined below two bars. */
export const barLengthMs = ({ time }: Candles): number | undefined => {
  let smallest = Number.POSITIVE_INFINITY
  for (let i = 1; i < time.length; i++) smallest = Math.min(smallest, time[i]! - time[i - 1]!)
  return time.length < 2 ? undefined : smallest
}

/** The first stamp that tells the two units apart: 1973 in milliseconds, the year 5138 in seconds. */
const SECONDS_END = 1e11
/** 1973 in seconds; smaller stamps are made up rather than those of a market. */
const SECONDS_START = 1e8

/**
 * Whether stamps are likely epoch seconds: as milliseconds they would be bars of a fraction of a second, long before
 * there was anything to trade.
 */
export const looksLikeSeconds = (candles: Candles): boolean => {
  const { time } = candles
  const barMs = barLengthMs(candles)
  return (
    barMs !== undefined &&
    barMs % 1000 !== 0 &&
    time[0]! >= SECONDS_START &&
    time[time.length - 1]! < SECONDS_END
  )
}

/** Finds bars missing inside a series; only whole bars count. Without `barMs` the smallest step is taken for it. */
export const findGaps = (candles: Candles, barMs = barLengthMs(candles)): GapReport => {
  if (barMs === undefined) return { barMs, gaps: [], missing: 0 }
  const { time } = candles
  const gaps: Gap[] = []
  for (let i = 1; i < time.length; i++) {
    const fromMs = time[i - 1]! + barMs
    const toMs = time[i]!
    const missing = Math.floor((toMs - fromMs) / barMs)
    if (missing > 0) gaps.push({ fromMs, toMs, missing })
  }
  return { barMs, gaps, missing: gaps.reduce((sum, gap) => sum + gap.missing, 0) }
}
