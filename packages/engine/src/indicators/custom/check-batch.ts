import { CANDLE_COLUMNS } from '../../market/index.ts'
import { type Fault, firstDifference, guarded, shortened, type Trial } from './trial.ts'

interface Computed {
  readonly columns: readonly Float64Array[]
  /** A line whose column was exchanged for another object, or -1. */
  readonly exchanged: number
}

/** The columns hold `held` before, as columns in use may. */
const compute = ({ definition, params, candles, source }: Trial, held: number): Computed => {
  const columns = definition.lines.map(() => new Float64Array(candles.close.length).fill(held))
  const out = [...columns]
  definition.compute({ candles, source: candles[source] }, Object.freeze({ ...params }), out)
  return { columns, exchanged: columns.findIndex((column, line) => out[line] !== column) }
}

const HELD = [0, -12_345.678] as const

/** Every cell has to be written, always with the same value. */
const writeFault = (trial: Trial, [once, again]: readonly [Computed, Computed]): Fault | undefined => {
  const { definition, candles, label } = trial
  const bars = candles.close.length
  for (const [line, name] of definition.lines.entries()) {
    if (once.exchanged === line) {
      const expected = `the column it is given for line ${name} to be filled ${label}`
      return { part: 'compute', expected, actual: 'another object put in its place' }
    }
    const a = once.columns[line]!
    const b = again.columns[line]!
    const bar = firstDifference(a, b, bars)
    if (bar < 0) continue
    if (a[bar] === HELD[0] && b[bar] === HELD[1]) {
      const written = bars - a.filter((value, i) => value === HELD[0] && b[i] === HELD[1]).length
      const expected = `${bars} cells of line ${name} written ${label}`
      return { part: 'compute', expected, actual: `${written}, without that of bar ${bar}` }
    }
    const expected = `the same values on every call ${label}`
    return { part: 'compute', expected, actual: `${a[bar]} and then ${b[bar]} at bar ${bar} of line ${name}` }
  }
  return undefined
}

const mutationFault = (trial: Trial): Fault | undefined => {
  const { candles, label } = trial
  const before = CANDLE_COLUMNS.map((name) => candles[name].slice())
  compute(trial, HELD[0])
  for (const [position, name] of CANDLE_COLUMNS.entries()) {
    const bar = firstDifference(candles[name], before[position]!, candles.close.length)
    if (bar < 0) continue
    const expected = `its input left as it is ${label}`
    return { part: 'compute', expected, actual: `${name} of bar ${bar} changed` }
  }
  return undefined
}

/** Ends of a series cut short: none, one and few bars, around the warm-up, and inside. */
const cutsOf = ({ candles, first }: Trial): readonly number[] => {
  const bars = candles.close.length
  const ready = Math.max(...first)
  const cuts = [0, 1, 2, ready, ready + 1, Math.floor(bars / 3), Math.floor((2 * bars) / 3), bars - 1]
  return cuts.filter((cut) => cut < bars)
}

const lookaheadFault = (trial: Trial, columns: readonly Float64Array[]): Fault | undefined => {
  for (const cut of cutsOf(trial)) {
    const cutShort = compute(shortened(trial, cut), HELD[0]).columns
    for (const [line, name] of trial.definition.lines.entries()) {
      const bar = firstDifference(cutShort[line]!, columns[line]!, cut)
      if (bar < 0) continue
      const values = `${cutShort[line]![bar]} when the series ends with bar ${cut - 1}, ${columns[line]![bar]} when it goes on`
      const expected = `bar ${bar} of line ${name} to depend on no later bar ${trial.label}`
      return { part: 'compute', expected, actual: values }
    }
  }
  return undefined
}

/** NaN before the lookback, finite numbers from it on. */
const definedFault = (
  { definition, first, label }: Trial,
  columns: readonly Float64Array[],
): Fault | undefined => {
  for (const [line, name] of definition.lines.entries()) {
    const start = first[line]!
    const column = columns[line]!
    const wrong = column.findIndex((value, i) => (i < start ? !Number.isNaN(value) : !Number.isFinite(value)))
    if (wrong < 0) continue
    const expected =
      wrong < start
        ? `no value of line ${name} before bar ${start}, its lookback ${label}`
        : `a finite number in line ${name} from bar ${start} on, its lookback ${label}`
    return { part: 'compute', expected, actual: `${column[wrong]} at bar ${wrong}` }
  }
  return undefined
}

/** The first fault of the batch form in one trial. */
export const batchFault = (trial: Trial): Fault | undefined =>
  guarded('compute', () => {
    const mutation = mutationFault(trial)
    if (mutation !== undefined) return mutation
    const runs = [compute(trial, HELD[0]), compute(trial, HELD[1])] as const
    const { columns } = runs[0]
    return writeFault(trial, runs) ?? lookaheadFault(trial, columns) ?? definedFault(trial, columns)
  })

/** The batch form's lines, for comparison with the streaming form. */
export const batchOf = (trial: Trial): readonly Float64Array[] => compute(trial, HELD[0]).columns
