import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { parseEquityCsv } from './equity-csv.ts'

const DAY = 86_400_000
const fileOf = (...rows: string[]) => `timestamp,equity\n${rows.join('\n')}\n`
const refusalOf = (text: string): string => {
  const parsed = parseEquityCsv(text)
  return parsed.ok ? 'accepted' : describeProblem(parsed.error)
}

describe('parseEquityCsv', () => {
  it.each([
    ['plain rows', fileOf('0,100', `${DAY},101.5`)],
    ['carriage returns', fileOf('0,100', `${DAY},101.5`).replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${fileOf('0,100', `${DAY},101.5`)}`],
    ['no newline at the end', fileOf('0,100', `${DAY},101.5`).trimEnd()],
    ['empty lines at the end', `${fileOf('0,100', `${DAY},101.5`)}\n\r\n\n`],
    ['exponents', fileOf('0,1e2', `${DAY},1.015E+2`)],
  ])('reads %s', (_, text) => {
    const parsed = parseEquityCsv(text)
    expect(parsed).toEqual({
      ok: true,
      value: { time: Float64Array.of(0, DAY), equity: Float64Array.of(100, 101.5) },
    })
  })

  it('accepts missing days and stamps within a day', () => {
    expect(refusalOf(fileOf('5,1', `${3 * DAY + 7},2`, `${4 * DAY},3`))).toBe('accepted')
  })

  it('accepts a curve that ends at nothing', () => {
    expect(refusalOf(fileOf('0,100', `${DAY},50`, `${2 * DAY},0`, `${3 * DAY},0`))).toBe('accepted')
  })

  it.each([
    ['', 'line 1: expected the header timestamp,equity, was empty'],
    ['time,value\n0,1\n', 'line 1: expected the header timestamp,equity, was "time,value"'],
    ['timestamp,equity\n', 'line 2: expected a row, was the end of the file'],
    [fileOf('0,100', '', `${DAY},5`), 'line 3: expected 2 cells (timestamp,equity), was an empty line'],
    [fileOf('0,100,5'), 'line 2: expected 2 cells (timestamp,equity), was 3'],
    [fileOf('0,100', '2024-01-01,5'), 'line 3: expected timestamp to be a number, was "2024-01-01"'],
    [fileOf('0.5,100'), 'line 2: expected timestamp to be whole epoch milliseconds, was 0.5'],
    [fileOf('0,NaN'), 'line 2: expected equity to be a finite number above 0, was "NaN"'],
    [fileOf('0,1e999'), 'line 2: expected equity to be a finite number above 0, was "1e999"'],
    [fileOf('0,0'), 'line 2: expected equity to be a finite number above 0, was "0"'],
    [fileOf('0,-1'), 'line 2: expected equity to be a finite number above 0, was "-1"'],
    [fileOf('0,'), 'line 2: expected equity to be a finite number above 0, was ""'],
    [fileOf('0,0x10'), 'line 2: expected equity to be a finite number above 0, was "0x10"'],
    [fileOf(`${DAY},1`, '0,1'), 'line 3: expected timestamp after 86400000, was 0'],
    [fileOf('0,1', '0,1'), 'line 3: expected timestamp after 0, was 0'],
    [fileOf('0,1', '5,1'), 'line 3: expected one row a UTC day, was a second row of 1970-01-01'],
    [
      fileOf('1700000000,1', '1700086400,1'),
      'line 3: expected timestamp to be epoch milliseconds, was 1700086400, which looks like seconds',
    ],
    [
      fileOf('0,1', '1700000000000000,1'),
      'line 3: expected at most 36525 days after the row before, was 19675925 days',
    ],
  ])('refuses %j', (text, message) => {
    expect(refusalOf(text)).toBe(message)
  })
})
