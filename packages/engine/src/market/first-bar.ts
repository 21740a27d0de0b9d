/** Index of the first bar that opens at or after an instant; the number of bars when there is none. */
export const firstBarAt = (time: Float64Array, timeMs: number): number => {
  let low = 0
  let high = time.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle]! < timeMs) low = middle + 1
    else high = middle
  }
  return low
}
