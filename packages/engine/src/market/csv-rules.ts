import type { Problem } from '../kernel/index.ts'
import { parseDecimal } from './csv-cells.ts'

const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const

export const CSV_HEADER = COLUMNS.join(',')

/** The last instant a date can hold; a larger stamp is in microseconds or nanoseconds. */
const TIME_MAX_MS = 8_640_000_000_000_000

const SHOWN_CHARACTERS = 60

const quote = (text: string): string =>
  JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text)

/** What no text has: control characters but the tab, and what decoding puts in the place of broken UTF-8. */
const BINARY = /[^\P{Cc}\t]|\uFFFD/u

const shownHeader = (header: string): string => {
  if (header === '') return 'empty'
  return BINARY.test(header) ? 'binary data' : quote(header)
}

export const headerProblem = (header: string): Problem => ({
  path: 'line 1',
  expected: `the header ${CSV_HEADER}`,
  actual: shownHeader(header),
})

/** Whether a row keeps every rule; NaN fails each comparison. `previousTime` is -1 before the first row. */
export const isSoundRow = (row: Float64Array, previousTime: number): boolean => {
  const time = row[0]!
  const open = row[1]!
  const high = row[2]!
  const low = row[3]!
  const close = row[4]!
  const volume = row[5]!
  return (
    time > previousTime &&
    time <= TIME_MAX_MS &&
    Math.floor(time) === time &&
    low >= 0 &&
    open >= low &&
    close >= low &&
    high >= open &&
    high >= close &&
    high < Number.POSITIVE_INFINITY &&
    volume >= 0 &&
    volume < Number.POSITIVE_INFINITY
  )
}

interface RowPlace {
  readonly line: number
  readonly previousTime: number
}

/** Says which rule a row breaks, in the order in which a reader would look. */
export const describeBadRow = (text: string, { line, previousTime }: RowPlace): Problem => {
  const path = `line ${line}`
  const cells = text.split(',')
  if (cells.length !== COLUMNS.length) {
    const actual = text === '' ? 'an empty line' : `${cells.length} in ${quote(text)}`
    return { path, expected: `${COLUMNS.length} cells (${CSV_HEADER})`, actual }
  }
  const values = cells.map(parseDecimal)
  const unreadable = values.findIndex((value) => !Number.isFinite(value) || value < 0)
  if (unreadable >= 0) {
    const expected = `${COLUMNS[unreadable]} to be a finite number of at least 0`
    return { path, expected, actual: quote(cells[unreadable] ?? '') }
  }
  return timeProblem(values[0] ?? Number.NaN, previousTime, path) ?? rangeProblem(values, path)
}

const timeProblem = (time: number, previousTime: number, path: string): Problem | undefined => {
  if (!Number.isInteger(time) || time > TIME_MAX_MS) {
    return { path, expected: 'timestamp to be whole epoch milliseconds', actual: String(time) }
  }
  if (time > previousTime) return undefined
  const kind = time === previousTime ? 'a duplicate of it' : `${time}, which is before it`
  return { path, expected: `timestamp after ${previousTime}`, actual: kind }
}

const rangeProblem = (values: readonly number[], path: string): Problem => {
  const [, open = 0, high = 0, low = 0, close = 0] = values
  const top = Math.max(open, close)
  if (high < top) {
    return { path, expected: `high to be at least open and close (${top})`, actual: String(high) }
  }
  const bottom = Math.min(open, close)
  return { path, expected: `low to be at most open and close (${bottom})`, actual: String(low) }
}
