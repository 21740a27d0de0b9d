import { err, ok, type Problem, type Result } from '@botcriptofy/engine/kernel'
import { parseDecimal } from '@botcriptofy/engine/market'

/** A daily equity curve; columns of equal length, at least one row, stamps strictly ascending, equity positive. */
export interface EquityCurve {
  readonly time: Float64Array
  readonly equity: Float64Array
}

const HEADER = 'timestamp,equity'
const DAY_MS = 86_400_000
/** The last instant a date can hold. */
const TIME_MAX_MS = 8_640_000_000_000_000
/** A longer silence is a stamp in another unit, not a curve; each day of it would be carried forward. */
const GAP_MAX_DAYS = 36_525

/** Stamps of seconds since 1973; as milliseconds they would be days of 1970. */
const SECONDS_START = 1e8
const SECONDS_END = 1e11

const dayText = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

/** What is wrong with a stamp, given the one before (NaN on the first row). */
const timeProblem = (time: number, previous: number): Omit<Problem, 'path'> | undefined => {
  if (!Number.isInteger(time) || Math.abs(time) > TIME_MAX_MS) {
    return { expected: 'timestamp to be whole epoch milliseconds', actual: String(time) }
  }
  if (Number.isNaN(previous)) return undefined
  if (time <= previous) return { expected: `timestamp after ${previous}`, actual: String(time) }
  const days = Math.floor(time / DAY_MS) - Math.floor(previous / DAY_MS)
  if (days === 0 && previous >= SECONDS_START && time < SECONDS_END) {
    return { expected: 'timestamp to be epoch milliseconds', actual: `${time}, which looks like seconds` }
  }
  if (days === 0) return { expected: 'one row a UTC day', actual: `a second row of ${dayText(time)}` }
  if (days > GAP_MAX_DAYS) {
    return { expected: `at most ${GAP_MAX_DAYS} days after the row before`, actual: `${days} days` }
  }
  return undefined
}

const rowProblem = (cells: readonly string[], previous: number): Omit<Problem, 'path'> | undefined => {
  if (cells.length !== 2) {
    return {
      expected: `2 cells (${HEADER})`,
      actual: cells.join(',') === '' ? 'an empty line' : `${cells.length}`,
    }
  }
  const [timeCell = '', equityCell = ''] = cells
  const time = parseDecimal(timeCell)
  if (Number.isNaN(time)) return { expected: 'timestamp to be a number', actual: JSON.stringify(timeCell) }
  const equity = parseDecimal(equityCell)
  // A curve may end at nothing (a blown account), but it cannot start there.
  const isFirst = Number.isNaN(previous)
  if (!Number.isFinite(equity) || (isFirst && equity <= 0)) {
    return {
      expected: `equity to be a finite number${isFirst ? ' above 0' : ''}`,
      actual: JSON.stringify(equityCell),
    }
  }
  return timeProblem(time, previous)
}

/** Reads `timestamp,equity` with one row a UTC day (contract section 6); the first fault with its line number. */
export const parseEquityCsv = (text: string): Result<EquityCurve, Problem> => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  // Empty lines may end a file; between two rows they are a fault.
  while (lines.at(-1) === '') lines.pop()
  const [header = ''] = lines
  if (header !== HEADER) {
    const actual = header === '' ? 'empty' : JSON.stringify(header.slice(0, 60))
    return err({ path: 'line 1', expected: `the header ${HEADER}`, actual })
  }
  if (lines.length === 1) return err({ path: 'line 2', expected: 'a row', actual: 'the end of the file' })
  const time = new Float64Array(lines.length - 1)
  const equity = new Float64Array(lines.length - 1)
  for (let row = 0; row < time.length; row++) {
    const cells = (lines[row + 1] ?? '').split(',')
    const problem = rowProblem(cells, time[row - 1] ?? Number.NaN)
    if (problem !== undefined) return err({ path: `line ${row + 2}`, ...problem })
    time[row] = Number(cells[0])
    equity[row] = Number(cells[1])
  }
  return ok({ time, equity })
}
