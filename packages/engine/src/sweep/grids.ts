import { type Axis, combinationCount, type Params, paramsAt } from './axes.ts'

/** One of the grids of a sweep: its combinations have the ordinals from `firstOrdinal` on. */
export interface Grid {
  readonly firstOrdinal: number
  readonly axes: readonly Axis[]
}

/** The grids of one sweep in the order of their ordinals, all over the same paths. */
export interface Grids {
  /** One past the last ordinal. */
  readonly end: number
  /** The combination with this ordinal; undefined where an earlier grid has the same one. */
  readonly paramsAt: (ordinal: number) => Params | undefined
}

export const openGrids = (grids: readonly Grid[]): Grids => {
  // The last grid is earlier than none.
  const members = grids.slice(0, -1).map(memberTest)
  const last = grids.at(-1)
  return {
    end: last === undefined ? 0 : last.firstOrdinal + combinationCount(last.axes),
    paramsAt: (ordinal) => {
      const place = grids.findLastIndex(({ firstOrdinal }) => firstOrdinal <= ordinal)
      const grid = grids[place]
      if (grid === undefined) return undefined
      const params = paramsAt(grid.axes, ordinal - grid.firstOrdinal)
      return members.slice(0, place).some((has) => has(params)) ? undefined : params
    },
  }
}

/** How many combinations of the last grid none of the earlier ones has. */
export const countNew = (grids: readonly Grid[]): number => {
  const { end, paramsAt: at } = openGrids(grids)
  let count = 0
  for (let ordinal = grids.at(-1)?.firstOrdinal ?? end; ordinal < end; ordinal++) {
    if (at(ordinal) !== undefined) count++
  }
  return count
}

const memberTest = ({ axes }: Grid): ((params: Params) => boolean) => {
  const sets = axes.map(([path, values]) => [path, new Set(values)] as const)
  return (params) => sets.every(([path, values]) => values.has(params[path]!))
}
