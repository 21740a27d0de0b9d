export const BLOCK_ROWS = 16
const INSIDE_BLOCK = BLOCK_ROWS - 1

/** Where in its block of rows, counted from the block's first, an extreme of a column stands; two bytes a row. */
export interface ColumnExtremes {
  /** Of the rows of the block up to this one. */
  readonly before: Uint8Array
  /** Of the rows of the block from this one on. */
  readonly after: Uint8Array
}

/** `sign` 1 looks for the highest values, -1 for the lowest. */
export const createColumnExtremes = (column: Float64Array, sign: 1 | -1): ColumnExtremes => {
  const rows = column.length
  const before = new Uint8Array(rows)
  const after = new Uint8Array(rows)
  for (let start = 0; start < rows; start += BLOCK_ROWS) {
    const end = Math.min(start + BLOCK_ROWS, rows)
    let extreme = start
    for (let row = start; row < end; row++) {
      if (sign * column[row]! > sign * column[extreme]!) extreme = row
      before[row] = extreme - start
    }
    extreme = end - 1
    for (let row = extreme; row >= start; row--) {
      if (sign * column[row]! > sign * column[extreme]!) extreme = row
      after[row] = extreme - start
    }
  }
  return { before, after }
}

/** The highest and the lowest value of a stretch of rows, found by blocks. */
export interface RangeExtremes {
  readonly highest: (from: number, to: number) => number
  readonly lowest: (from: number, to: number) => number
}

const searchRange = (column: Float64Array, sign: 1 | -1): ((from: number, to: number) => number) => {
  const { before, after } = createColumnExtremes(column, sign)
  return (from, to) => {
    const last = to - 1
    const lastBlock = last & ~INSIDE_BLOCK
    let block = from & ~INSIDE_BLOCK
    let extreme = column[from]!
    if (block === lastBlock) {
      for (let row = from + 1; row < to; row++) {
        if (sign * column[row]! > sign * extreme) extreme = column[row]!
      }
      return extreme
    }
    extreme = column[block + after[from]!]!
    for (block += BLOCK_ROWS; block < lastBlock; block += BLOCK_ROWS) {
      const value = column[block + after[block]!]!
      if (sign * value > sign * extreme) extreme = value
    }
    const value = column[lastBlock + before[last]!]!
    return sign * value > sign * extreme ? value : extreme
  }
}

/** For a column whose values no longer change; a stretch has at least one row. */
export const createRangeExtremes = (column: Float64Array): RangeExtremes => ({
  highest: searchRange(column, 1),
  lowest: searchRange(column, -1),
})
