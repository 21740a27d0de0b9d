/** A named column of the output; NaN is written as an empty cell. */
export interface CsvColumn {
  readonly name: string
  readonly values: Float64Array
}

/** Large enough that a write costs nothing beside the formatting, small enough to start a pipe early. */
const CHUNK_CHARACTERS = 1 << 16

/** The text of a CSV of numbers in JavaScript's shortest form, in pieces. */
export function* columnsCsv(time: Float64Array, columns: readonly CsvColumn[]): Generator<string> {
  let text = `${['timestamp', ...columns.map(({ name }) => name)].join(',')}\n`
  const values = columns.map((column) => column.values)
  for (let i = 0; i < time.length; i++) {
    text += String(time[i])
    for (const column of values) {
      const value = column[i] ?? Number.NaN
      text += Number.isNaN(value) ? ',' : `,${value}`
    }
    text += '\n'
    if (text.length < CHUNK_CHARACTERS) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}
