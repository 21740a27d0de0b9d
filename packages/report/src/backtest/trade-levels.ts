import type { Trade } from '@botcriptofy/engine/backtest'
import { greatestDivisor } from '../page/pack-bars.ts'
import { base64, packFloat32, packNaturals } from '../page/pack.ts'
import type { BacktestReportData } from './data.ts'

/** Where stop and target of a trade rested, quote units; NaN where there was none or it cannot be told. */
export interface TradeLevels {
  readonly stop: number
  readonly target: number
}

/** From an instant (epoch ms) on a level stands at a price. */
export type LevelStep = readonly [timeMs: number, price: number]

/** Steps of stop, target and trailing stop. */
export type LevelSteps = readonly [
  stop: readonly LevelStep[],
  target: readonly LevelStep[],
  trail: readonly LevelStep[],
]

/**
 * The levels as they follow from the fill, for trades whose levels the run did not note: those of earlier versions, of
 * one bar, and beyond the first thousand. Where several entries or exits move them they are not told.
 */
export const tradeLevels = ({ strategy, config, candles }: BacktestReportData) => {
  const { stopLoss, takeProfit, scaleIn, scaleOut } = strategy
  const isMoving = (scaleIn ?? scaleOut) !== undefined
  const { priceTick, protectFrom } = config
  /** Stops and targets round away from a loss: up for a long, down for a short. */
  const onTick = (price: number, isLong: boolean): number => {
    if (priceTick === null) return price
    // A price on the grid may miss it by its last bit.
    const ticks = Number((price / priceTick).toPrecision(12))
    return (isLong ? Math.ceil(ticks) : Math.floor(ticks)) * priceTick
  }
  return ({ side, entryIndex, entryPrice }: Trade): TradeLevels => {
    const isLong = side === 'long'
    const base = protectFrom === 'fill_price' ? entryPrice : (candles.close[entryIndex - 1] ?? Number.NaN)
    const level = (fraction: number | undefined, direction: number): number =>
      fraction === undefined || isMoving
        ? Number.NaN
        : onTick(base * (1 + (isLong ? direction : -direction) * fraction), isLong)
    return { stop: level(stopLoss?.fraction, -1), target: level(takeProfit?.fraction, 1) }
  }
}

const followingFrom = (data: BacktestReportData) => {
  const levelsOf = tradeLevels(data)
  return (trade: Trade): LevelSteps => {
    const { stop, target } = levelsOf(trade)
    const step = (price: number): readonly LevelStep[] =>
      Number.isNaN(price) ? [] : [[trade.entryTime, price]]
    return [step(stop), step(target), []]
  }
}

/** Where the levels of the first `count` trades stood, as the run noted it where it did. */
export const levelSteps = (data: BacktestReportData, count: number): readonly LevelSteps[] => {
  const { levels } = data.detail
  const { time } = data.candles
  const following = followingFrom(data)
  let at = 0
  const noted = (row: number): LevelSteps | null => {
    if (levels === null || row * 3 >= levels.counts.length) return null
    const take = (level: number): readonly LevelStep[] =>
      Array.from({ length: levels.counts[row * 3 + level] as number }, () => {
        const step = [time[levels.bars[at] as number] as number, levels.prices[at] as number] as const
        at++
        return step
      })
    const steps = [take(0), take(1), take(2)] as const
    return steps.every(({ length }) => length === 0) ? null : steps
  }
  return data.result.trades.slice(0, count).map((trade, row) => noted(row) ?? following(trade))
}

/** Of all trades together; the page has to stay small. */
const MOST_STEPS = 12_000

/** The largest number of steps a level may keep so that all of them stay within the limit. */
const keptOfEach = (lengths: readonly number[]): number => {
  const total = (most: number) => lengths.reduce((sum, length) => sum + Math.min(length, most), 0)
  let [kept, tooMany] = [1, Math.max(2, ...lengths.map((length) => length + 1))]
  while (tooMany - kept > 1) {
    const middle = (kept + tooMany) >> 1
    if (total(middle) <= MOST_STEPS) kept = middle
    else tooMany = middle
  }
  return kept
}

/** The last step and as many of the others as may be kept, evenly; each has its own time and price. */
const thin = (steps: readonly LevelStep[], most: number): readonly LevelStep[] => {
  if (steps.length <= most) return steps
  const stride = Math.ceil(steps.length / most)
  return steps.filter((_, at) => (steps.length - 1 - at) % stride === 0)
}

/** Level steps for the scripts of a page, as base64. */
export interface PackedLevels {
  /** Three counts a trade. */
  readonly counts: string
  /** Time since the step before, since the entry for the first of a level; in units of `unitMs`. */
  readonly times: string
  readonly unitMs: number
  readonly prices: string
}

export const packLevels = (data: BacktestReportData, count: number): PackedLevels => {
  const { trades } = data.result
  const all = levelSteps(data, count)
  const most = keptOfEach(all.flat().map(({ length }) => length))
  const kept = all.flatMap((levels) => levels.map((steps) => thin(steps, most)))
  const spans = kept.flatMap((steps, at) => {
    const { entryTime } = trades[Math.floor(at / 3)] as Trade
    return steps.map(([timeMs], step) => timeMs - (steps[step - 1]?.[0] ?? entryTime))
  })
  const unitMs = Math.max(1, spans.reduce(greatestDivisor, 0))
  return {
    counts: base64(packNaturals(kept.map(({ length }) => length))),
    times: base64(packNaturals(spans.map((ms) => ms / unitMs))),
    unitMs,
    prices: packFloat32(kept.flatMap((steps) => steps.map(([, price]) => price))),
  }
}
