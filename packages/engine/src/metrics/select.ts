/**
 * Brings the k-th smallest value (k from 0) to index k, smaller ones before it and larger ones behind it, in linear
 * time on average (Hoare, 1961, with the median of three as the pivot). Needs values that are numbers.
 */
export const selectNth = (values: Float64Array, k: number): number => {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!)
    const equal = gatherBelow(values, { from: low, to: high + 1 }, pivot)
    if (k < equal) {
      high = equal - 1
      continue
    }
    const above = gatherEqual(values, { from: equal, to: high + 1 }, pivot)
    if (k < above) return pivot
    low = above
  }
  return values[k]!
}

const medianOfThree = (a: number, b: number, c: number): number => {
  if (a < b) return b < c ? b : Math.max(a, c)
  return a < c ? a : Math.max(b, c)
}

interface Rows {
  readonly from: number
  readonly to: number
}

/**
 * Brings the values below the pivot to the front of the rows; returns where the others begin. Every value is swapped,
 * and the border moves by 0 or 1: no processor can foretell on which side of the pivot a value lies (Lomuto).
 */
const gatherBelow = (values: Float64Array, { from, to }: Rows, pivot: number): number => {
  let border = from
  for (let i = from; i < to; i++) {
    const value = values[i]!
    values[i] = values[border]!
    values[border] = value
    border += Number(value < pivot)
  }
  return border
}

/** As `gatherBelow` for the values equal to the pivot, which none is below. */
const gatherEqual = (values: Float64Array, { from, to }: Rows, pivot: number): number => {
  let border = from
  for (let i = from; i < to; i++) {
    const value = values[i]!
    values[i] = values[border]!
    values[border] = value
    border += Number(value === pivot)
  }
  return border
}

/** The median, the mean of the middle two of an even number of values; the order of the values changes. */
export const medianOf = (values: Float64Array): number => {
  const position = 0.5 * (values.length - 1)
  const below = Math.floor(position)
  const low = selectNth(values, below)
  let high = low
  if (below + 1 < values.length) {
    high = Infinity
    for (let i = below + 1; i < values.length; i++) if (values[i]! < high) high = values[i]!
  }
  return low + (high - low) * (position - below)
}
