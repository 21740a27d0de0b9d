import type { TradeLog } from '../positions/index.ts'
import type { Measured } from './reasons.ts'
import { medianOf } from './select.ts'

export interface TradeShape {
  /** Between the opens of the entry bar and the exit bar, ms. */
  readonly avgTradeDurationMs: Measured
  readonly medianTradeDurationMs: Measured
  readonly maxTradeDurationMs: Measured
  /** Trade returns as fractions of the entry notional. */
  readonly bestTradePct: Measured
  readonly worstTradePct: Measured
  /** Geometric mean of the trade returns; `expectancyPct` is the arithmetic one. */
  readonly avgTradePct: Measured
  /** Means of the worst (<= 0) and best (>= 0) excursion while open, fractions of the entry price. */
  readonly avgMae: Measured
  readonly avgMfe: Measured
  /** Sums over closed trades, quote units. */
  readonly fees: number
  readonly slippageCost: number
}

type TradeShapeKey = keyof TradeShape

const withoutTrades = (): TradeShape => {
  const none = 'NO_TRADES'
  const undefinedKeys = [
    'avgTradeDurationMs',
    'medianTradeDurationMs',
    'maxTradeDurationMs',
    'bestTradePct',
    'worstTradePct',
    'avgTradePct',
    'avgMae',
    'avgMfe',
  ] as const satisfies readonly TradeShapeKey[]
  return {
    ...(Object.fromEntries(undefinedKeys.map((key) => [key, none])) as Record<
      (typeof undefinedKeys)[number],
      'NO_TRADES'
    >),
    fees: 0,
    slippageCost: 0,
  }
}

/** specs §4, rows 31 to 34. */
export const tradeShape = (log: TradeLog, time: Float64Array): TradeShape => {
  const { length } = log
  if (length === 0) return withoutTrades()
  const durations = new Float64Array(length)
  let duration = 0
  let longest = 0
  let best = -Infinity
  let worst = Infinity
  let logReturns = 0
  let mae = 0
  let mfe = 0
  let fees = 0
  let slippageCost = 0
  for (let i = 0; i < length; i++) {
    const heldMs =
      (time[log.exitIndex[i] as number] as number) - (time[log.entryIndex[i] as number] as number)
    durations[i] = heldMs
    duration += heldMs
    if (heldMs > longest) longest = heldMs
    const fraction = log.returnFraction[i] as number
    if (fraction > best) best = fraction
    if (fraction < worst) worst = fraction
    logReturns += Math.log1p(fraction)
    mae += log.mae[i] as number
    mfe += log.mfe[i] as number
    fees += log.fees[i] as number
    slippageCost += log.slippageCost[i] as number
  }
  return {
    avgTradeDurationMs: duration / length,
    medianTradeDurationMs: medianOf(durations),
    maxTradeDurationMs: longest,
    bestTradePct: best,
    worstTradePct: worst,
    avgTradePct: worst <= -1 ? 'TOTAL_LOSS_TRADE' : Math.expm1(logReturns / length),
    avgMae: mae / length,
    avgMfe: mfe / length,
    fees,
    slippageCost,
  }
}
