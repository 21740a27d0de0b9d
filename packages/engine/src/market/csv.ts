import { err, ok, type Problem, type Result } from '../kernel/index.ts'
import { CANDLE_COLUMNS, type Candles } from './candles.ts'
import { CSV_HEADER, describeBadRow, headerProblem, isSoundRow } from './csv-rules.ts'
import { parseCells } from './csv-cells.ts'

/**
 * Reads candle CSV (contract section 2) piece by piece, so that the text never has to be in memory at once.
 * Every row is checked; the first fault ends the reading and is reported with its line number. Empty lines may end
 * a file; between two rows they are a fault.
 */
export interface CandleCsvParser {
  /** Takes the next piece of text, cut anywhere. Returns the first fault, after which pieces are ignored. */
  readonly push: (text: string) => Problem | undefined
  /** Ends the text: the bars, or the first fault. A file without a bar is a fault. */
  readonly end: () => Result<Candles, Problem>
}

const CELLS = CANDLE_COLUMNS.length
const INITIAL_BARS = 1024
/** Holds six numbers with room to spare; a file without line ends must not fill the memory. */
const LINE_MAX = 1024
const NEWLINE = '\n'
const BYTE_ORDER_MARK = 0xfeff

class Parser {
  #pending = ''
  #line = 0
  #bars = 0
  /** The first of the empty lines that may be the end of the file; 0 while there is none. */
  #emptyLine = 0
  #columns = CANDLE_COLUMNS.map(() => new Float64Array(INITIAL_BARS))
  #problem: Problem | undefined
  readonly #row = new Float64Array(CELLS)

  push(text: string): Problem | undefined {
    if (this.#problem !== undefined) return this.#problem
    const whole = this.#pending === '' ? text : this.#pending + text
    let start = 0
    for (;;) {
      const end = whole.indexOf(NEWLINE, start)
      if (end < 0) break
      this.#takeLine(whole, start, end)
      if (this.#problem !== undefined) return this.#problem
      start = end + 1
    }
    this.#pending = start === 0 ? whole : whole.slice(start)
    if (this.#pending.length > LINE_MAX) {
      const expected = `a line of at most ${LINE_MAX} characters`
      this.#problem = { path: `line ${this.#line + 1}`, expected, actual: 'longer' }
    }
    return this.#problem
  }

  end(): Result<Candles, Problem> {
    if (this.#problem === undefined && this.#pending !== '') {
      this.#takeLine(this.#pending, 0, this.#pending.length)
      this.#pending = ''
    }
    if (this.#problem !== undefined) return err(this.#problem)
    if (this.#line === 0) return err(headerProblem(''))
    if (this.#bars === 0) return err({ path: 'line 2', expected: 'a bar', actual: 'the end of the file' })
    const column = (index: number) => this.#columns[index]!.slice(0, this.#bars)
    return ok({
      time: column(0),
      open: column(1),
      high: column(2),
      low: column(3),
      close: column(4),
      volume: column(5),
    })
  }

  #takeLine(text: string, start: number, newline: number): void {
    this.#line++
    const end = newline > start && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline
    if (this.#line === 1) {
      const from = text.charCodeAt(start) === BYTE_ORDER_MARK ? start + 1 : start
      const header = text.slice(from, end)
      if (header !== CSV_HEADER) this.#problem = headerProblem(header)
      return
    }
    const previousTime = this.#bars === 0 ? -1 : this.#columns[0]![this.#bars - 1]!
    if (start === end) {
      if (this.#emptyLine === 0) this.#emptyLine = this.#line
      return
    }
    if (this.#emptyLine > 0) {
      this.#problem = describeBadRow('', { line: this.#emptyLine, previousTime })
      return
    }
    const row = this.#row
    const cells = parseCells(text, { start, end }, row)
    if (cells !== CELLS || !isSoundRow(row, previousTime)) {
      this.#problem = describeBadRow(text.slice(start, end), { line: this.#line, previousTime })
      return
    }
    if (this.#bars === this.#columns[0]!.length) this.#grow()
    for (let i = 0; i < CELLS; i++) this.#columns[i]![this.#bars] = row[i]!
    this.#bars++
  }

  #grow(): void {
    this.#columns = this.#columns.map((column) => {
      const larger = new Float64Array(column.length * 2)
      larger.set(column)
      return larger
    })
  }
}

export const createCandleCsvParser = (): CandleCsvParser => {
  const parser = new Parser()
  return { push: (text) => parser.push(text), end: () => parser.end() }
}
