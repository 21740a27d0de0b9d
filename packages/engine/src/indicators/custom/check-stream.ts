import type { IndicatorState } from '../definition.ts'
import { batchOf } from './check-batch.ts'
import { barOf, type Fault, firstDifference, guarded, type Trial } from './trial.ts'

const DEPTH_MAX = 32

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

/** What of a state JSON would lose, as `state.window[3] is NaN`; undefined where nothing. */
const lossOf = (value: unknown, path: string, depth = 0): string | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`
  if (typeof value !== 'object')
    return `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`
  if (!isPlain(value)) return `${path} is a ${value.constructor.name}`
  if (depth === DEPTH_MAX) return `${path} is nested deeper than ${DEPTH_MAX} levels`
  const isList = Array.isArray(value)
  for (const [key, member] of Object.entries(value)) {
    const loss = lossOf(member, isList ? `${path}[${key}]` : `${path}.${key}`, depth + 1)
    if (loss !== undefined) return loss
  }
  return undefined
}

/** Bars between two times that a state is stored as JSON and read back. */
const STORED_EVERY = 23

/** What a state is after a restart of the process that held it. */
const restored = (state: IndicatorState): IndicatorState => JSON.parse(JSON.stringify(state))

/**
 * Streams the bars, storing the state now and then. A second stream with a state of its own reads them backwards in
 * between: a form that keeps anything outside its state gets confused by it.
 */
const streamFaultOf = (trial: Trial): Fault | undefined => {
  const { definition, params, candles, label } = trial
  const { stream, lines } = definition
  const bars = candles.close.length
  const columns = lines.map(() => new Float64Array(bars))
  const out = new Float64Array(columns.length)
  const frozen = Object.freeze({ ...params })
  let state = stream.start(frozen)
  const other = stream.start(frozen)
  for (let i = 0; i < bars; i++) {
    if (i % STORED_EVERY === 0) {
      const loss = lossOf(state, 'state')
      if (loss !== undefined) {
        const expected = `a state of finite numbers, strings, booleans, null, lists and plain objects ${label}`
        return { part: 'stream', expected, actual: `${loss} before bar ${i}` }
      }
      state = restored(state)
    }
    stream.next(other, barOf(trial, bars - 1 - i), new Float64Array(columns.length))
    stream.next(state, barOf(trial, i), out)
    columns.forEach((column, line) => (column[i] = out[line]!))
  }
  return differenceFault(trial, columns)
}

const differenceFault = (trial: Trial, columns: readonly Float64Array[]): Fault | undefined => {
  const batch = batchOf(trial)
  for (const [line, name] of trial.definition.lines.entries()) {
    const bar = firstDifference(columns[line]!, batch[line]!, trial.candles.close.length)
    if (bar < 0) continue
    const expected = `the value of compute, ${batch[line]![bar]}, at bar ${bar} of line ${name} ${trial.label}`
    return { part: 'stream', expected, actual: String(columns[line]![bar]) }
  }
  return undefined
}

/** The first fault of the streaming form in one trial; `batchFault` has found nothing. */
export const streamFault = (trial: Trial): Fault | undefined => {
  return guarded('stream', () => streamFaultOf(trial))
}
