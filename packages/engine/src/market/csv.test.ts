import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeProblem } from '../kernel/index.ts'
import type { Candles } from './candles.ts'
import { createCandleCsvParser } from './csv.ts'
import { parseCells } from './csv-cells.ts'

const HEADER = 'timestamp,open,high,low,close,volume'
const GOOD = '1000,10,12,9,11,5'

const parse = (text: string) => {
  const parser = createCandleCsvParser()
  parser.push(text)
  return parser.end()
}

const messageOf = (text: string): string => {
  const result = parse(text)
  return result.ok ? `accepted ${result.value.time.length} bars` : describeProblem(result.error)
}

const rowsOf = (candles: Candles): number[][] =>
  Array.from(candles.time, (time, i) => [
    time,
    candles.open[i] ?? Number.NaN,
    candles.high[i] ?? Number.NaN,
    candles.low[i] ?? Number.NaN,
    candles.close[i] ?? Number.NaN,
    candles.volume[i] ?? Number.NaN,
  ])

describe('the candle CSV parser', () => {
  it.each([
    ['line feeds', `${HEADER}\n${GOOD}\n2000,11,11,11,11,0\n`],
    ['carriage returns', `${HEADER}\r\n${GOOD}\r\n2000,11,11,11,11,0\r\n`],
    ['a byte order mark', `\uFEFF${HEADER}\n${GOOD}\n2000,11,11,11,11,0\n`],
    ['no line end at the end', `${HEADER}\n${GOOD}\n2000,11,11,11,11,0`],
    ['an empty line at the end', `${HEADER}\n${GOOD}\n2000,11,11,11,11,0\n\n`],
    ['several empty lines at the end', `${HEADER}\r\n${GOOD}\r\n2000,11,11,11,11,0\r\n\r\n\n\r\n\n`],
    ['an empty line without a line feed at the end', `${HEADER}\n${GOOD}\n2000,11,11,11,11,0\n\r`],
    ['exponents and bare points', `${HEADER}\n1e3,1e1,12.,9,.11e2,5e+0\n2000,11,11,11,1100E-2,0\n`],
  ])('accepts %s', (_, text) => {
    const result = parse(text)
    expect(result.ok && rowsOf(result.value)).toEqual([
      [1000, 10, 12, 9, 11, 5],
      [2000, 11, 11, 11, 11, 0],
    ])
  })

  it.each([
    ['', `line 1: expected the header ${HEADER}, was empty`],
    [
      `time,open,high,low,close,volume\n${GOOD}`,
      `line 1: expected the header ${HEADER}, was "time,open,high,low,close,volume"`,
    ],
    [`${HEADER}\n`, 'line 2: expected a bar, was the end of the file'],
    [`${HEADER}\n\n\n`, 'line 2: expected a bar, was the end of the file'],
    [`\n${HEADER}\n${GOOD}\n`, `line 1: expected the header ${HEADER}, was empty`],
    [`${HEADER}\n\n${GOOD}\n`, `line 2: expected 6 cells (${HEADER}), was an empty line`],
    [`${HEADER}\n${GOOD}\n\n2000,11,11,11,11,0\n`, `line 3: expected 6 cells (${HEADER}), was an empty line`],
    [`${HEADER}\r\n${GOOD}\r\n\r\n\r\nx`, `line 3: expected 6 cells (${HEADER}), was an empty line`],
    [`${HEADER}\n${GOOD}\n \n`, `line 3: expected 6 cells (${HEADER}), was 1 in " "`],
    [`${HEADER}\n1000,10,12,9,11`, `line 2: expected 6 cells (${HEADER}), was 5 in "1000,10,12,9,11"`],
    [`${HEADER}\n${GOOD},1`, `line 2: expected 6 cells (${HEADER}), was 7 in "${GOOD},1"`],
    [`${HEADER}\n1000,NaN,12,9,11,5`, 'line 2: expected open to be a finite number of at least 0, was "NaN"'],
    [
      `${HEADER}\n1000,10,Infinity,9,11,5`,
      'line 2: expected high to be a finite number of at least 0, was "Infinity"',
    ],
    [
      `${HEADER}\n1000,10,1e999,9,11,5`,
      'line 2: expected high to be a finite number of at least 0, was "1e999"',
    ],
    [`${HEADER}\n1000,10,12,-9,11,5`, 'line 2: expected low to be a finite number of at least 0, was "-9"'],
    [
      `${HEADER}\n1000,10,12,9,0x1f,5`,
      'line 2: expected close to be a finite number of at least 0, was "0x1f"',
    ],
    [`${HEADER}\n1000,10,12,9,11,`, 'line 2: expected volume to be a finite number of at least 0, was ""'],
    [`${HEADER}\n1000,10,12,9,11,.`, 'line 2: expected volume to be a finite number of at least 0, was "."'],
    [`${HEADER}\n1000, 10,12,9,11,5`, 'line 2: expected open to be a finite number of at least 0, was " 10"'],
    [
      `${HEADER}\n1000,1.2.3,12,9,11,5`,
      'line 2: expected open to be a finite number of at least 0, was "1.2.3"',
    ],
    [`${HEADER}\n1000,10,10.5,9,11,5`, 'line 2: expected high to be at least open and close (11), was 10.5'],
    [`${HEADER}\n1000,10,12,10.5,11,5`, 'line 2: expected low to be at most open and close (10), was 10.5'],
    [
      `${HEADER}\n1000.5,10,12,9,11,5`,
      'line 2: expected timestamp to be whole epoch milliseconds, was 1000.5',
    ],
    [
      `${HEADER}\n1748623260000000000,10,12,9,11,5`,
      'line 2: expected timestamp to be whole epoch milliseconds, was 1748623260000000000',
    ],
    [`${HEADER}\n${GOOD}\n${GOOD}`, 'line 3: expected timestamp after 1000, was a duplicate of it'],
    [
      `${HEADER}\n${GOOD}\n999,10,12,9,11,5`,
      'line 3: expected timestamp after 1000, was 999, which is before it',
    ],
  ])('refuses %j', (text, message) => {
    expect(messageOf(text)).toBe(message)
  })

  it('says at the piece that holds the fault what is wrong, and stays with it', () => {
    const parser = createCandleCsvParser()
    expect(parser.push(`${HEADER}\n`)).toBeUndefined()
    const problem = parser.push('1000,x,12,9,11,5\n')
    expect(problem?.path).toBe('line 2')
    expect(parser.push(`${GOOD}\n`)).toBe(problem)
    expect(parser.end()).toEqual({ ok: false, error: problem })
  })

  it('refuses a text without line ends before it fills the memory', () => {
    const parser = createCandleCsvParser()
    expect(parser.push('x'.repeat(2000))?.expected).toBe('a line of at most 1024 characters')
  })

  it('gives the same bars however the text is cut', () => {
    const text = `${HEADER}\r\n${Array.from({ length: 50 }, (_, i) => `${i * 60},1.${i},2.5,0.5,1.25,${i}`).join('\r\n')}\r\n\r\n\n`
    const whole = parse(text)
    const cuts = fc.array(fc.nat(text.length), { maxLength: 20 })
    fc.assert(
      fc.property(cuts, (positions) => {
        const parser = createCandleCsvParser()
        const sorted = [0, ...positions.toSorted((a, b) => a - b), text.length]
        sorted.slice(1).forEach((end, i) => parser.push(text.slice(sorted[i], end)))
        expect(parser.end()).toEqual(whole)
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('grows beyond its first columns', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},1,1,1,1,${i}`)
    const result = parse(`${HEADER}\n${rows.join('\n')}`)
    expect(result.ok && result.value.volume.length).toBe(5000)
    expect(result.ok && result.value.volume[4999]).toBe(4999)
  })
})

describe('parseCells', () => {
  it('reads every decimal exactly as JavaScript does', () => {
    const number = fc.oneof(
      fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.nat(99_999_999), fc.nat(99_999_999)).map(([a, b]) => `${a}.${String(b).padStart(8, '0')}`),
      fc.tuple(fc.bigInt(0n, 10n ** 22n), fc.bigInt(0n, 10n ** 25n)).map(([a, b]) => `${a}.${b}`),
    )
    fc.assert(
      fc.property(number, (text) => {
        const out = new Float64Array(1)
        expect(parseCells(text, { start: 0, end: text.length }, out)).toBe(1)
        expect(out[0]).toBe(Number(text))
      }),
      { seed: 11, numRuns: 5000 },
    )
  })
})
