/** Windows of 1, 2, 4 … 128 rows. */
const LEVELS = 8
const LARGEST_LEVEL = LEVELS - 1
const LARGEST_WINDOW = 1 << LARGEST_LEVEL

/**
 * The extremes of a column in windows of rows: the sparse table of Bender & Farach-Colton (2000), cut off at 128 rows.
 * Only where in its window an extreme stands is kept, a byte a row and level.
 */
export interface WindowExtremes {
  readonly column: Float64Array
  /** 1 for the highest values, -1 for the lowest. */
  readonly sign: number
  /** Level k: where the extreme of the 2^k rows from a row on stands, counted from that row. */
  readonly levels: readonly Uint8Array[]
}

/** The windows of a level from those of half their size; one that would end behind the column ends with it. */
const doubled = (
  halves: Uint8Array<ArrayBuffer>,
  half: number,
  { column, sign }: Omit<WindowExtremes, 'levels'>,
) => {
  const level = halves.slice()
  for (let row = 0; row + half < column.length; row++) {
    const first = halves[row]!
    const second = half + halves[row + half]!
    level[row] = sign * column[row + second]! > sign * column[row + first]! ? second : first
  }
  return level
}

/** For a column of numbers that no longer change. */
export const createWindowExtremes = (column: Float64Array, sign: 1 | -1): WindowExtremes => {
  const levels = [new Uint8Array(column.length)]
  for (let half = 1; half < LARGEST_WINDOW; half *= 2) {
    levels.push(doubled(levels.at(-1)!, half, { column, sign }))
  }
  return { column, sign, levels }
}

/** sign * the extreme of the rows [from, to), which are at least one: the larger the more extreme. */
export const extremeOf = ({ column, sign, levels }: WindowExtremes, from: number, to: number): number => {
  const level = Math.min(31 - Math.clz32(to - from), LARGEST_LEVEL)
  const at = levels[level]!
  const size = 1 << level
  const last = to - size
  let extreme = sign * column[last + at[last]!]!
  for (let row = from; row < last; row += size) {
    const value = sign * column[row + at[row]!]!
    if (value > extreme) extreme = value
  }
  return extreme
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
    if (sign * column[row + levels[level]![row]!]! < limit) {
      row += 1 << level
      if (level < LARGEST_LEVEL) level++
    } else if (level === 0) return row
    else level--
  }
  return to
}
