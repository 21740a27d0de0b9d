/** Smallest and largest value of each block of a column; NaN where the block has a NaN. */
export interface ColumnBlocks {
  readonly low: Float64Array
  readonly high: Float64Array
}

export const BLOCK_SHIFT = 3
const BLOCK_BARS = 1 << BLOCK_SHIFT

const measure = (column: Float64Array): ColumnBlocks => {
  const blocks = Math.ceil(column.length / BLOCK_BARS)
  const low = new Float64Array(blocks)
  const high = new Float64Array(blocks)
  for (let block = 0; block < blocks; block++) {
    const end = Math.min(column.length, (block + 1) * BLOCK_BARS)
    let smallest = Infinity
    let largest = -Infinity
    for (let i = block * BLOCK_BARS; i < end; i++) {
      smallest = Math.min(smallest, column[i]!)
      largest = Math.max(largest, column[i]!)
    }
    low[block] = smallest
    high[block] = largest
  }
  return { low, high }
}

const known = new WeakMap<Float64Array, ColumnBlocks>()

/** The blocks of a column whose values no longer change: measured once, two bytes a bar for as long as it lives. */
export const blocksOf = (column: Float64Array): ColumnBlocks => {
  const measured = known.get(column) ?? measure(column)
  known.set(column, measured)
  return measured
}
