export interface CutOptions {
  /** Length of the whole run. */
  readonly bars: number
  /** Bars with an entry signal, ascending. */
  readonly signalBars: readonly number[]
  readonly maxCuts: number
}

/** Up to `count` of the items, from the first to the last at equal distances. */
const spreadOver = <Item>(items: readonly Item[], count: number): readonly Item[] => {
  if (items.length <= count) return items
  return Array.from(
    { length: count },
    (_, k) => items[Math.round((k * (items.length - 1)) / Math.max(1, count - 1))]!,
  )
}

/**
 * Lengths of the truncated runs, ascending, each from 1 to `bars` - 1. Half of them end at a signal or one bar later,
 * where a look at the next bar pays most; the others are spread evenly, since a signal made from the future may be
 * missing altogether where the future is.
 */
export const chooseCuts = ({ bars, signalBars, maxCuts }: CutOptions): readonly number[] => {
  const cuts = spreadOver(signalBars, Math.floor(maxCuts / 4)).flatMap((bar) => [bar + 1, bar + 2])
  const even = maxCuts - cuts.length
  for (let k = 1; k <= even; k++) cuts.push(Math.round((k * bars) / (even + 1)))
  return [...new Set(cuts)].filter((cut) => cut >= 1 && cut < bars).toSorted((a, b) => a - b)
}
