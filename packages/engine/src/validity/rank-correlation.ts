import type { Judged } from './reasons.ts'

/** Ranks from 1, the lowest first; equals share the mean of theirs. */
const ranksOf = (values: Float64Array): Float64Array => {
  const ascending = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(values.length)
  for (let from = 0; from < ascending.length;) {
    let to = from + 1
    while (to < ascending.length && values[ascending[to]!] === values[ascending[from]!]) to++
    for (const row of ascending.subarray(from, to)) ranks[row] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}

/**
 * Rank correlation of two columns of equal length (Spearman, 1904): the product-moment correlation of their ranks, in
 * [-1, 1]. `ZERO_VARIANCE` where a column has one value alone.
 */
export const rankCorrelation = (x: Float64Array, y: Float64Array): Judged => {
  const [one, other] = [ranksOf(x), ranksOf(y)]
  const mean = (x.length + 1) / 2
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < one.length; i++) {
    const [dx, dy] = [one[i]! - mean, other[i]! - mean]
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  return xx === 0 || yy === 0 ? 'ZERO_VARIANCE' : xy / Math.sqrt(xx * yy)
}
