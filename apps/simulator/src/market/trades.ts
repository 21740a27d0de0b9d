import { invariant, type Random, seededRandom } from '@botcriptofy/engine/kernel'

/** A bar in whole steps of price and amount. */
export interface StepBar {
  readonly openMs: number
  readonly lengthMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface NumberedTrade {
  readonly id: number
  readonly timeMs: number
  /** In price steps. */
  readonly price: number
  /** In amount steps. */
  readonly amount: number
  readonly takerSells: boolean
}

const FEWEST_TRADES = 6
const EXTRA_TRADES = 13

/** Trades that the prices of a bar need at the least: every extreme is someone's trade. */
export const tradesNeeded = (bar: StepBar): number => {
  if (bar.volume === 0) return 0
  if (bar.high === bar.low) return 1
  return 2 + extremesInside(bar).length
}

/** One seed gives every bar its own stream of numbers, so that any bar can be played without those before it. */
export const randomOfBar = (seed: number, index: number): Random =>
  seededRandom(seed ^ Math.imul(index + 1, 0x9e3779b1))

/** How many trades `tradesOfBar` makes for the same arguments. A bar without volume had none. */
export const tradeCount = (bar: StepBar, random: Random): number => {
  const wanted = FEWEST_TRADES + Math.floor(random() * EXTRA_TRADES)
  return Math.min(bar.volume, Math.max(wanted, tradesNeeded(bar)))
}

/**
 * Trades inside one bar that rebuild it exactly: the first is its open, the last its close, the extremes are touched
 * and not passed, and the amounts sum to its volume. Times ascend in [open, open + length).
 */
export const tradesOfBar = (bar: StepBar, { random, firstId }: TradeDraw): readonly NumberedTrade[] => {
  const count = tradeCount(bar, random)
  if (count === 0) return []
  const prices = drawPrices(bar, { count, random })
  const amounts = splitVolume(bar.volume, { count, random })
  const slotMs = bar.lengthMs / count
  return prices.map((price, at) => {
    const before = prices[at - 1] ?? price
    const isFlat = price === before
    return {
      id: firstId + at,
      // The first trade opens the bar at its very start: a bar that has begun always has a price.
      timeMs: bar.openMs + (at === 0 ? 0 : Math.floor((at + random()) * slotMs)),
      price,
      amount: amounts[at]!,
      takerSells: isFlat ? random() < 0.5 : price < before,
    }
  })
}

export interface TradeDraw {
  readonly random: Random
  /** The others count on from it. */
  readonly firstId: number
}

interface Draw {
  readonly count: number
  readonly random: Random
}

const extremesInside = (bar: StepBar): number[] => {
  const extremes = []
  if (bar.high > Math.max(bar.open, bar.close)) extremes.push(bar.high)
  if (bar.low < Math.min(bar.open, bar.close)) extremes.push(bar.low)
  return extremes
}

/** Walks from anchor to anchor (open, the extremes in either order, close) with noise inside the bar's range. */
const drawPrices = (bar: StepBar, { count, random }: Draw): readonly number[] => {
  if (count === 1) return [bar.close]
  const extremes = extremesInside(bar)
  if (random() < 0.5) extremes.reverse()
  const anchors = [bar.open, ...extremes, bar.close]
  const slots = [0, ...drawSlots(extremes.length, { count, random }), count - 1]
  const noise = (bar.high - bar.low) / 10
  const prices = [bar.open]
  for (let leg = 1; leg < anchors.length; leg += 1) {
    const [from, to] = [anchors[leg - 1]!, anchors[leg]!]
    const [start, end] = [slots[leg - 1]!, slots[leg]!]
    for (let at = start + 1; at < end; at += 1) {
      const middle = from + ((to - from) * (at - start)) / (end - start)
      const price = Math.round(middle + noise * (2 * random() - 1))
      prices.push(Math.min(bar.high, Math.max(bar.low, price)))
    }
    prices.push(to)
  }
  return prices
}

/** None, one or two distinct places between the first trade and the last, ascending. */
const drawSlots = (wanted: number, { count, random }: Draw): readonly number[] => {
  const inside = count - 2
  invariant(inside >= wanted, 'a bar has a trade for each of its extremes')
  if (wanted === 0) return []
  const one = 1 + Math.floor(random() * inside)
  if (wanted === 1) return [one]
  const step = 1 + Math.floor(random() * (inside - 1))
  const other = 1 + ((one - 1 + step) % inside)
  return one < other ? [one, other] : [other, one]
}

/** Whole positive parts with exponentially distributed sizes. */
const splitVolume = (volume: number, { count, random }: Draw): readonly number[] => {
  const weights = Array.from({ length: count }, () => -Math.log(1 - random()))
  const total = weights.reduce((a, b) => a + b, 0)
  const spare = volume - count
  const parts = weights.map((weight) => 1 + Math.floor((spare * weight) / total))
  // Rounding down leaves steps over; in doubles the sum of the floors may also pass the spare by a few.
  let left = volume - parts.reduce((a, b) => a + b, 0)
  for (let at = 0; left !== 0; at = (at + 1) % count) {
    const change = left > 0 ? left : Math.max(left, 1 - parts[at]!)
    parts[at]! += change
    left -= change
  }
  return parts
}
