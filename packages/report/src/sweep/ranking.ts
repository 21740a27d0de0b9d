import type { SweepReportData, SweepRun } from './data.ts'

/** Runs by the objective, best first; runs without a value come last, ties stay in the order given. */
export const rankRuns = ({ runs, objective }: SweepReportData): readonly SweepRun[] =>
  [...runs].sort((a, b) => {
    const [left, right] = [a.metrics[objective], b.metrics[objective]]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return right - left
  })

/** Middle of the objective over the runs that have one; null when none has. */
export const medianObjective = (
  ranked: readonly SweepRun[],
  objective: SweepReportData['objective'],
): number | null => {
  const values = ranked.map(({ metrics }) => metrics[objective]).filter((value) => value !== null)
  const middle = (values.length - 1) / 2
  const [low, high] = [values[Math.floor(middle)], values[Math.ceil(middle)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

export interface HeatMap {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  /** Best objective of the runs at [row][column], whatever the other parameters; null where none has one. */
  readonly cells: readonly (readonly (number | null)[])[]
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b)

/** The first two parameters against each other; one row when there is only one parameter. */
export const heatMapOf = ({ parameters, runs, objective }: SweepReportData): HeatMap | null => {
  const [across, down] = parameters
  if (across === undefined) return null
  const best = new Map<string, number>()
  for (const run of runs) {
    const value = run.metrics[objective]
    if (value === null) continue
    const place = `${down === undefined ? '' : run.parameters[down.path]}:${run.parameters[across.path]}`
    best.set(place, Math.max(value, best.get(place) ?? -Infinity))
  }
  const columns = ascending(across.values)
  const rows = down === undefined ? [] : ascending(down.values)
  const rowOf = (row: number | '') => columns.map((column) => best.get(`${row}:${column}`) ?? null)
  return { rows, columns, cells: down === undefined ? [rowOf('')] : rows.map(rowOf) }
}
