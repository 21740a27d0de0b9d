import { isRanked } from '@botcriptofy/contracts/sweep'
import { packFloat32, packNaturals, base64 } from '../page/pack.ts'
import type { SweepReportData } from './data.ts'
import { parameterName } from './parameter-name.ts'
import { medianOf } from './ranking.ts'

/** A wider map is read by nobody; an axis with more values is cut into so many equal steps. */
export const BINS_MAX = 40
/** Fifteen pairs; those of further parameters would make the page heavy. */
export const PARAMETERS_MAPPED = 6

/** One parameter as an edge of maps. */
export interface MapAxis {
  readonly path: string
  readonly name: string
  /** A value, or a range of values, ascending. */
  readonly labels: readonly string[]
  /** Lowest and highest value of each label. */
  readonly bounds: readonly (readonly [number, number])[]
}

/** Cells of one pair, row by row; floats as base64 of float32 where NaN is a cell without a value. */
export interface PairMap {
  /** Places in the list of axes: across and down; one row where there is one parameter. */
  readonly across: number
  readonly down: number | null
  readonly best: string
  readonly median: string
  /** Runs in the cell that have the objective, and those that failed. */
  readonly runs: string
  readonly failed: string
  /** Runs that break a constraint, or are over a part of the bars alone. */
  readonly unranked: string
}

export interface HeatMaps {
  readonly axes: readonly MapAxis[]
  readonly maps: readonly PairMap[]
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(4)))

const rangeText = ([low, high]: readonly [number, number]): string =>
  low === high ? String(low) : `${shortNumber(low)}–${shortNumber(high)}`

interface Binned extends MapAxis {
  readonly binOf: (value: number) => number
}

/** Each value for itself, or equal steps from the lowest to the highest. */
export const binAxis = (path: string, values: readonly number[]): Binned => {
  const name = parameterName(path)
  if (values.length <= BINS_MAX) {
    const places = new Map(values.map((value, place) => [value, place]))
    const bounds = values.map((value) => [value, value] as const)
    return { path, name, labels: bounds.map(rangeText), bounds, binOf: (value) => places.get(value) ?? -1 }
  }
  const low = values[0]!
  const width = (values.at(-1)! - low) / BINS_MAX
  const binOf = (value: number) => Math.min(BINS_MAX - 1, Math.floor((value - low) / width))
  const bounds = Array.from(
    { length: BINS_MAX },
    (_, bin) => [low + bin * width, low + (bin + 1) * width] as const,
  )
  return { path, name, labels: bounds.map(rangeText), bounds, binOf }
}

interface Edge {
  readonly axis: Binned
  /** Of each run. */
  readonly values: Float64Array
}

const cellsOf = ({ trials }: SweepReportData, across: Edge, down: Edge | undefined) => {
  const columns = across.axis.labels.length
  const cells = columns * (down?.axis.labels.length ?? 1)
  const rowsIn: number[][] = Array.from({ length: cells }, () => [])
  const [failed, unranked] = [new Uint32Array(cells), new Uint32Array(cells)]
  for (const row of trials.ordinal.keys()) {
    const column = across.axis.binOf(across.values[row]!)
    const line = down === undefined ? 0 : down.axis.binOf(down.values[row]!)
    if (column < 0 || line < 0) continue
    const cell = line * columns + column
    if (trials.isFailed[row] === 1) failed[cell]!++
    else if (!isRanked(trials, row)) unranked[cell]!++
    else if (!Number.isNaN(trials.objective[row]!)) rowsIn[cell]!.push(row)
  }
  const values = rowsIn.map((rows) => Float64Array.from(rows, (row) => trials.objective[row]!))
  return {
    best: packFloat32(
      values.map((own) => (own.length === 0 ? Number.NaN : own.reduce((a, b) => Math.max(a, b)))),
    ),
    median: packFloat32(values.map((own) => medianOf(own) ?? Number.NaN)),
    runs: base64(packNaturals(values.map(({ length }) => length))),
    failed: base64(packNaturals(failed)),
    unranked: base64(packNaturals(unranked)),
  }
}

/** The objective over every pair of parameters that vary, whatever the others are. */
export const heatMaps = (data: SweepReportData): HeatMaps => {
  const { parameters, trials } = data
  const edges = parameters
    .filter(({ values }) => values.length > 1)
    .slice(0, PARAMETERS_MAPPED)
    .map(({ path, values }): Edge => {
      const column = trials.params[trials.paths.indexOf(path)]
      return { axis: binAxis(path, values), values: column ?? new Float64Array(trials.ordinal.length) }
    })
  const axes = edges.map(({ axis: { path, name, labels, bounds } }) => ({ path, name, labels, bounds }))
  const [only] = edges
  if (only === undefined) return { axes, maps: [] }
  if (edges.length === 1)
    return { axes, maps: [{ across: 0, down: null, ...cellsOf(data, only, undefined) }] }
  const maps = edges.flatMap((one, across) =>
    edges.slice(across + 1).map((other, further) => ({
      across,
      down: across + 1 + further,
      ...cellsOf(data, one, other),
    })),
  )
  return { axes, maps }
}
