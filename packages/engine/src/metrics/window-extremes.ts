/** Windows of 1, 2, 4 … 128 rows. */
const LARGEST_LEVEL = 7

/**
 * The extremes of a column in windows of rows: the sparse table of Bender & Farach-Colton (2000), cut off at 128 rows.
 * Only where in its window an extreme stands is kept, a byte a row and level.
 */
export interface WindowExtremes {
  readonly column: Float64Array
  /** 1 for the highest values, -1 for the lowest. */
  readonly sign: number
  /** Level k: where the extreme of the 2^k rows from a row on stands, counted from that row. Made when first needed. */
  readonly levels: Uint8Array[]
}

/** For a column of numbers that no longer change. */
export const createWindowExtremes = (column: Float64Array, sign: 1 | -1): WindowExtremes => ({
  column,
  sign,
  levels: [new Uint8Array(column.length)],
})

/** Chooses without a branch: no host can foretell where an extreme stands. */
const choose = (first: number, second: number, isSecond: boolean): number =>
  first ^ ((first ^ second) & -Number(isSecond))

/** Makes a level from windows of half its size; one that would end behind the column ends with it. */
const makeLevel = (windows: WindowExtremes, level: number): Uint8Array => {
  const { column, sign, levels } = windows
  const half = 1 << (level - 1)
  const halves = levels[level - 1] ?? makeLevel(windows, level - 1)
  const made = new Uint8Array(halves)
  for (let row = 0; row + half < column.length; row++) {
    const first = halves[row]!
    const second = half + halves[row + half]!
    made[row] = choose(first, second, sign * column[row + second]! > sign * column[row + first]!)
  }
  levels[level] = made
  return made
}

/** sign * the extreme of the rows [from, to), which are at least one: the larger the more extreme. */
export const extremeOf = (windows: WindowExtremes, from: number, to: number): number => {
  const { column, sign, levels } = windows
  const level = Math.min(31 - Math.clz32(to - from), LARGEST_LEVEL)
  const at = levels[level] ?? makeLevel(windows, level)
  const size = 1 << level
  const last = to - size
  let extreme = last + at[last]!
  for (let row = from; row < last; row += size) {
    extreme = choose(extreme, row + at[row]!, sign * column[row + at[row]!]! > sign * column[extreme]!)
  }
  return sign * column[extreme]!
}

interface Rows {
  readonly from: number
  readonly to: number
}

/** First of the rows [from, to) whose sign * value reaches `limit`, or `to`. */
export const firstBeyond = (windows: WindowExtremes, { from, to }: Rows, limit: number): number => {
  const { column, sign, levels } = windows
  let row = from
  let level = 0
  while (row < to) {
    const at = levels[level] ?? makeLevel(windows, level)
    if (sign * column[row + at[row]!]! < limit) {
      row += 1 << level
      if (level < LARGEST_LEVEL) level++
    } else if (level === 0) return row
    else level--
  }
  return to
}
