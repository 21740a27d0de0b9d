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

export interface BarTrade {
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
export const tradesOfBar = (bar: StepBar, random: Random): readonly BarTrade[] => {
  const count = tradeCount(bar, random)
  if (count === 0) return []
  const prices = drawPrices(bar, { count, random })
  const amounts = splitVolume(bar.volume, { count, random })
  const slotMs = bar.lengthMs / count
  return prices.map((price, at) => {
    const before = prices[at - 1] ?? price
    const isFlat = price === before
    return {
      // The first trade opens the bar at its very start: a bar that has begun always has a price.
      timeMs: bar.openMs + (at === 0 ? 0 : Math.floor((at + random()) * slotMs)),
      price,
      amount: amounts[at]!,
      takerSells: isFlat ? random() < 0.5 : price < before,
    }
  })
}

interface Draw {
  readonly count: number
  readonly random: Random
}

const extremesInside = (bar: StepBar): readonly number[] => [
  ...(bar.high > Math.max(bar.open, bar.close) ? [bar.high] : []),
  ...(bar.low < Math.min(bar.open, bar.close) ? [bar.low] : []),
]

/** Walks from anchor to anchor (open, the extremes in either order, close) with noise inside the bar's range. */
const drawPrices = (bar: StepBar, { count, random }: Draw): readonly number[] => {
  if (count === 1) return [bar.close]
  const extremes = random() < 0.5 ? extremesInside(bar) : extremesInside(bar).toReversed()
  const slots = drawSlots({ from: 1, to: count - 1, count: extremes.length, random })
  const anchors = new Map([[0, bar.open], ...slots.map((slot, at) => [slot, extremes[at]!] as const)])
  anchors.set(count - 1, bar.close)
  const noise = (bar.high - bar.low) / 10
  const prices: number[] = []
  let [left, right] = [0, 0]
  for (let at = 0; at < count; at += 1) {
    const anchor = anchors.get(at)
    if (anchor !== undefined) {
      left = at
      right = at + 1
      while (right < count && !anchors.has(right)) right += 1
      prices.push(anchor)
      continue
    }
    const [from, to] = [anchors.get(left)!, anchors.get(right)!]
    const middle = from + ((to - from) * (at - left)) / (right - left)
    const price = Math.round(middle + noise * (2 * random() - 1))
    prices.push(Math.min(bar.high, Math.max(bar.low, price)))
  }
  return prices
}

/** `count` distinct whole numbers of [from, to), ascending. */
const drawSlots = (draw: Draw & { readonly from: number; readonly to: number }): readonly number[] => {
  invariant(draw.to - draw.from >= draw.count, 'a bar has a trade for each of its extremes')
  const slots = new Set<number>()
  while (slots.size < draw.count) {
    slots.add(draw.from + Math.floor(draw.random() * (draw.to - draw.from)))
  }
  return [...slots].toSorted((a, b) => a - b)
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
