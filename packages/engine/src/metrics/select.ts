/**
 * Brings the k-th smallest value (k from 0) to index k, smaller ones before it and larger ones behind it, in linear
 * time on average (Hoare, 1961, with the median of three as the pivot). Needs values that are numbers.
 */
export const selectNth = (values: Float64Array, k: number): number => {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const swapped = values[i]!
      values[i++] = values[j]!
      values[j--] = swapped
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return values[k]!
}

const medianOfThree = (a: number, b: number, c: number): number => {
  if (a < b) return b < c ? b : Math.max(a, c)
  return a < c ? a : Math.max(b, c)
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
