import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INDICATOR_CASES, type IndicatorCase, largestError, VWAP_CASE } from './indicator-cases.ts'

const HEADER = 'timestamp,open,high,low,close,volume'
const dataDirectory = process.env['CONFORMANCE_DATA']
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'indicators-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const specFile = (name: string, indicators: readonly object[]): string =>
  fileOf(name, JSON.stringify({ indicators }))

const run = async (...args: string[]) => {
  const app = startApp({ app: 'cli', args: ['indicators', ...args] })
  const { code } = await app.exited
  return { code, ...app.output() }
}

/** Reads a CSV of numbers into named columns; an empty cell is NaN. */
const columnsOf = (text: string): ReadonlyMap<string, Float64Array> => {
  const [header = '', ...lines] = text.trimEnd().split('\n')
  const cells = lines.map((line) => line.split(','))
  const column = (index: number) =>
    Float64Array.from(cells, (row) => (row[index] === '' ? Number.NaN : Number(row[index])))
  return new Map(header.split(',').map((name, index) => [name, column(index)]))
}

const columnOf = (columns: ReadonlyMap<string, Float64Array>, name: string): Float64Array => {
  const column = columns.get(name)
  if (column === undefined) throw new Error(`column ${name} is missing of ${[...columns.keys()].join(',')}`)
  return column
}

const BARS = `${HEADER}\n0,1,2,1,1,5\n60000,3,4,3,3,5\n120000,2,2,2,2,5\n`

describe('botcriptofy indicators', () => {
  it('prints a column for one line, a column a line for several, and empty cells while undefined', async () => {
    const spec = specFile('several.json', [
      { id: 'mean', type: 'sma', params: { period: 2 }, source: 'high' },
      { id: 'Bands_2', type: 'bbands', params: { period: 2, stdDev: 1 } },
      { id: 'flow', type: 'obv' },
    ])
    const { code, stdout, stderr } = await run('--candles', fileOf('bars.csv', BARS), '--spec', spec)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      'timestamp,mean,Bands_2.upper,Bands_2.middle,Bands_2.lower,flow\n' +
        '0,,,,,5\n60000,3,3,2,1,10\n120000,3,3,2.5,2,5\n',
    )
  })

  it('writes the same to a file, reads gzip, and says what is missing', async () => {
    const spec = specFile('obv.json', [{ id: 'flow', type: 'obv' }])
    const gappy = BARS.replace('120000', '240000')
    const out = join(folder, 'out.csv')
    const candles = fileOf('bars.csv.gz', gzipSync(gappy))
    const { code, stdout, stderr } = await run('--candles', candles, '--spec', spec, '--out', out)
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('2 bars are missing in 1 gap, the first at 1970-01-01T00:02:00.000Z')
    expect(readFileSync(out, 'utf8')).toBe('timestamp,flow\n0,5\n60000,10\n240000,5\n')
  })

  it('prints empty cells only when the series is shorter than the warm-up', async () => {
    const spec = specFile('long.json', [{ id: 'rsi', type: 'rsi', params: { period: 14 } }])
    const { code, stdout } = await run('--candles', fileOf('bars.csv', BARS), '--spec', spec)
    expect([code, stdout]).toEqual([0, 'timestamp,rsi\n0,\n60000,\n120000,\n'])
  })

  it('explains itself', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('--candles <file>')
    expect(stdout).toContain('--spec <file>')
  })

  it('ends quietly when the reader of its output goes away', async () => {
    const bars = Array.from({ length: 100_000 }, (_, i) => `${i * 60_000},1,1,1,1,1`)
    const candles = fileOf('long.csv', `${HEADER}\n${bars.join('\n')}\n`)
    const main = join(import.meta.dirname, '../../apps/cli/bin/botcriptofy.mjs')
    const spec = specFile('obv.json', [{ id: 'flow', type: 'obv' }])
    const child = spawn(process.execPath, [main, 'indicators', '--candles', candles, '--spec', spec], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdout.once('data', () => child.stdout.destroy())
    await once(child, 'close')
    expect([child.exitCode, stderr]).toEqual([0, ''])
  })
})

describe('botcriptofy indicators ends with status 2 and one line', () => {
  it.each([
    ['a fault in the spec', ['--spec', 'bad.json'], 'bad.json: indicators[0].type: expected one of sma, ema'],
    ['a fault in the candles', ['--candles', 'bad.csv'], 'bad.csv: line 3: expected high to be at least'],
    ['an output that cannot be written', ['--out', 'absent/out.csv'], '--out: expected a writable file'],
    ['an unknown option', ['--frobnicate'], "unknown option '--frobnicate'"],
  ])('for %s', async (_, changed, message) => {
    fileOf('bars.csv', BARS)
    fileOf('bad.csv', BARS.replace('60000,3,4', '60000,3,2'))
    specFile('good.json', [{ id: 'flow', type: 'obv' }])
    specFile('bad.json', [{ id: 'x', type: 'nope' }])
    const args = ['--candles', 'bars.csv', '--spec', 'good.json', ...changed]
    const inFolder = args.map((arg) => (arg.startsWith('--') ? arg : join(folder, arg)))
    const { code, stdout, stderr } = await run(...inFolder)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(existsSync(join(folder, 'absent'))).toBe(false)
  })
})

const SERIES = [
  { candles: 'coinbase-BTC-USD-1d.csv', expected: 'coinbase-BTC-USD-1d', rows: 1318 },
  { candles: 'ft-ETH_BTC-5m.csv', expected: 'ft-ETH_BTC-5m.first800', rows: 800 },
]
const CASES = [...INDICATOR_CASES, VWAP_CASE]

const LINES: Readonly<Record<string, readonly string[]>> = {
  macd: ['macd', 'signal', 'histogram'],
  bbands: ['upper', 'middle', 'lower'],
  stoch: ['k', 'd'],
  adx: ['adx', 'plusDI', 'minusDI'],
  stochf: ['k', 'd'],
  donchian: ['upper', 'middle', 'lower'],
  keltner: ['upper', 'middle', 'lower'],
  supertrend: ['value', 'direction'],
}

/** Case i is asked for under the id `c<i>`. */
const outputName = (index: number, { indicator, line }: IndicatorCase): string => {
  const lines = LINES[indicator.type]
  return lines === undefined ? `c${index}` : `c${index}.${lines[line]}`
}

describe.skipIf(dataDirectory === undefined).each(SERIES)('botcriptofy indicators on $candles', (series) => {
  const read = (...path: string[]) => readFileSync(join(dataDirectory ?? '', ...path), 'utf8')
  let printed: ReadonlyMap<string, Float64Array> = new Map()
  let expected: ReadonlyMap<string, Float64Array> = new Map()
  let close: Float64Array = new Float64Array()

  beforeAll(async () => {
    const text = read('candles', series.candles)
      .split('\n')
      .slice(0, series.rows + 1)
      .join('\n')
    const spec = specFile(
      `${series.expected}.json`,
      CASES.map(({ indicator }, i) => ({ id: `c${i}`, ...indicator })),
    )
    const { stdout } = await run('--candles', fileOf(series.candles, text), '--spec', spec)
    printed = columnsOf(stdout)
    close = columnOf(columnsOf(text), 'close')
    const talib = columnsOf(read('indicators', `${series.expected}.talib.csv`))
    expected = new Map([...talib, ...columnsOf(read('indicators', `${series.expected}.extra.csv`))])
  }, 60_000)

  it('keeps every timestamp', () => {
    expect(columnOf(printed, 'timestamp')).toEqual(columnOf(expected, 'timestamp'))
    expect(close.length).toBe(series.rows)
  })

  it.each(CASES.map((each, index) => ({ ...each, index })))(
    '$column equals the reference on every row',
    (each) => {
      const actual = columnOf(printed, outputName(each.index, each))
      const error = largestError(each.scale, { actual, expected: columnOf(expected, each.column), close })
      expect(error).toBeLessThanOrEqual(1e-9)
    },
  )
})
