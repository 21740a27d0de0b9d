/** Ends of `buckets` runs of nearly equal length over `rows` rows: ends[k] is one past the last row of run k. */
const bucketEnds = (rows: number, buckets: number): number[] =>
  Array.from({ length: Math.min(rows, buckets) }, (_, k) =>
    Math.round(((k + 1) * rows) / Math.min(rows, buckets)),
  )

/**
 * Rows to draw so that no extreme of any column is lost: of each bucket the lowest and the highest row of every
 * column, besides the first and the last row of all. Ascending, without repetition.
 */
export const extremeRows = (
  columns: readonly Float64Array[],
  rows: number,
  buckets: number,
): Int32Array<ArrayBuffer> => {
  const chosen = new Set<number>(rows === 0 ? [] : [0, rows - 1])
  let from = 0
  for (const to of bucketEnds(rows, buckets)) {
    for (const column of columns) {
      let low = from
      let high = from
      for (let row = from + 1; row < to; row++) {
        const value = column[row] as number
        if (value < (column[low] as number)) low = row
        if (value > (column[high] as number)) high = row
      }
      chosen.add(low).add(high)
    }
    from = to
  }
  return Int32Array.from(chosen).sort()
}
