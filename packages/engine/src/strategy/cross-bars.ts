/** The bars at which one column crosses another, in ascending order. */
export interface CrossBars {
  /** The first column is above the second, and was not at the bar before. */
  readonly above: readonly number[]
  /** The first column is below the second, and was not at the bar before. */
  readonly below: readonly number[]
}

/** First bar at or after `from` at which `a` is not above `b`, or their length. */
const endAbove = (a: Float64Array, b: Float64Array, from: number): number => {
  const bars = a.length
  let bar = from
  // Four bars to a step: the loop itself costs as much as a comparison.
  while (
    bar + 4 <= bars &&
    a[bar]! > b[bar]! &&
    a[bar + 1]! > b[bar + 1]! &&
    a[bar + 2]! > b[bar + 2]! &&
    a[bar + 3]! > b[bar + 3]!
  ) {
    bar += 4
  }
  while (bar < bars && a[bar]! > b[bar]!) bar++
  return bar
}

/** Crosses among the bars before `to`, both ways in one pass. A NaN is on no side; nothing crosses from or to it. */
export const crossBars = (a: Float64Array, b: Float64Array, to: number): CrossBars => {
  const above: number[] = []
  const below: number[] = []
  let bar = 1
  while (bar < to) {
    if (a[bar]! > b[bar]!) {
      if (a[bar - 1]! <= b[bar - 1]!) above.push(bar)
      bar = endAbove(a, b, bar + 1)
    } else if (a[bar]! < b[bar]!) {
      if (a[bar - 1]! >= b[bar - 1]!) below.push(bar)
      bar = endAbove(b, a, bar + 1)
    } else bar++
  }
  return { above, below }
}
