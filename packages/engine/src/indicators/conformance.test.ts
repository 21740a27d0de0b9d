import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Candles } from '../market/index.ts'
import { computeIndicator } from './compute.ts'
import type { IndicatorParams, IndicatorSpec } from './definition.ts'

const dataDirectory = process.env['CONFORMANCE_DATA']

/** Reads a CSV of numbers into named columns; an empty cell is NaN. */
const readColumns = (path: string, rows = Number.POSITIVE_INFINITY): ReadonlyMap<string, Float64Array> => {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const cells = lines.slice(0, rows).map((line) => line.split(','))
  const column = (index: number) =>
    Float64Array.from(cells, (row) => (row[index] === '' ? Number.NaN : Number(row[index])))
  return new Map(header.split(',').map((name, index) => [name, column(index)]))
}

const columnOf = (columns: ReadonlyMap<string, Float64Array>, name: string): Float64Array => {
  const column = columns.get(name)
  if (column === undefined) throw new Error(`column ${name} is missing`)
  return column
}

const readCandles = (path: string, rows?: number): Candles => {
  const columns = readColumns(path, rows)
  return {
    time: columnOf(columns, 'timestamp'),
    open: columnOf(columns, 'open'),
    high: columnOf(columns, 'high'),
    low: columnOf(columns, 'low'),
    close: columnOf(columns, 'close'),
    volume: columnOf(columns, 'volume'),
  }
}

const spec = (type: string, params: IndicatorParams): IndicatorSpec => ({ type, params, source: 'close' })

/** What a difference is measured against: the value itself, 1 where that is larger, or the bar's close. */
type Scale = 'value' | 'oscillator' | 'price'

interface Case {
  readonly column: string
  readonly spec: IndicatorSpec
  readonly line: number
  readonly tolerance: number
  readonly scale: Scale
}

const single = (column: string, type: string, params: IndicatorParams): Case => ({
  column,
  spec: spec(type, params),
  line: 0,
  tolerance: 1e-9,
  scale: 'value',
})

const periods = (name: string, type: string, lengths: readonly number[]): Case[] =>
  lengths.map((period) => single(`${name}_${period}`, type, { period }))

const oscillator = (cases: readonly Case[], tolerance = 1e-9): Case[] =>
  cases.map((each) => ({ ...each, tolerance, scale: 'oscillator' }))

const macdCases = [
  [12, 26, 9],
  [5, 35, 5],
].flatMap(([fast = 0, slow = 0, signal = 0]) =>
  ['MACD', 'MACDSIGNAL', 'MACDHIST'].map((name, line): Case => {
    const base = single(`${name}_${fast}_${slow}_${signal}`, 'macd', { fast, slow, signal })
    return { ...base, line, scale: 'price' }
  }),
)

const band = (column: string, period: number, stdDev: number): Case => ({
  ...single(column, 'bbands', { period, stdDev }),
  line: ['BBU', 'BBM', 'BBL'].indexOf(column.slice(0, 3)),
  scale: 'price',
})

const stochCases = [
  [14, 3, 3],
  [5, 3, 3],
  [9, 4, 2],
].flatMap(([kPeriod = 0, kSmooth = 0, dPeriod = 0]) =>
  ['STOCHK', 'STOCHD'].map((name, line): Case => {
    const params = { kPeriod, kSmooth, dPeriod }
    return { ...single(`${name}_${kPeriod}_${kSmooth}_${dPeriod}`, 'stoch', params), line }
  }),
)

const adxCases = [9, 14].flatMap((period) =>
  ['ADX', 'PLUS_DI', 'MINUS_DI'].map((name, line): Case => ({
    ...single(`${name}_${period}`, 'adx', { period }),
    line,
  })),
)

const CASES: readonly Case[] = [
  ...periods('SMA', 'sma', [30, 20, 10, 7]),
  ...periods('EMA', 'ema', [30, 20, 12, 9]),
  ...periods('WMA', 'wma', [30, 9]),
  ...oscillator(periods('RSI', 'rsi', [14, 5])),
  ...macdCases,
  ...['BBU_20_2', 'BBM_20_2', 'BBL_20_2'].map((column) => band(column, 20, 2)),
  ...['BBU_5_2', 'BBM_5_2', 'BBL_5_2'].map((column) => band(column, 5, 2)),
  band('BBU_13_1.5_2.5', 13, 1.5),
  band('BBM_13_1.5_2.5', 13, 1.5),
  band('BBL_13_1.5_2.5', 13, 2.5),
  ...oscillator(stochCases),
  ...periods('ATR', 'atr', [14, 7]),
  ...oscillator(adxCases),
  ...oscillator(periods('CCI', 'cci', [20, 14, 11]), 1e-8),
  ...oscillator(periods('MFI', 'mfi', [14, 10]), 1e-8),
  ...oscillator(periods('WILLR', 'willr', [14, 21])),
  ...oscillator(periods('ROC', 'roc', [10, 3])),
  { ...single('OBV', 'obv', {}), tolerance: 1e-8 },
]

const VWAP = single('VWAP_SESSION_UTC', 'vwap', {})

const scaleOf = (scale: Scale, value: number, price: number): number => {
  if (scale === 'price') return price
  return scale === 'value' ? Math.abs(value) : Math.max(1, Math.abs(value))
}

/** The largest difference over all rows, on the case's scale; infinite where only one side has a value. */
const largestError = (each: Case, expected: Float64Array, candles: Candles): number => {
  const actual = computeIndicator(candles, each.spec)[each.line] ?? new Float64Array()
  expect(actual.length).toBe(expected.length)
  return expected.reduce((worst, value, i) => {
    const computed = actual[i] ?? Number.NaN
    if (Number.isNaN(value) && Number.isNaN(computed)) return worst
    const difference = Math.abs(computed - value)
    if (difference === 0) return worst
    const error = difference / scaleOf(each.scale, value, candles.close[i] ?? 0)
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error)
  }, 0)
}

const SERIES = [
  { candles: 'coinbase-BTC-USD-1d.csv', expected: 'coinbase-BTC-USD-1d', rows: 1318 },
  { candles: 'ft-ETH_BTC-5m.csv', expected: 'ft-ETH_BTC-5m.first800', rows: 800 },
]

describe.skipIf(dataDirectory === undefined).each(SERIES)('indicators of $candles', (series) => {
  const path = (...parts: string[]) => join(dataDirectory ?? '', ...parts)
  const candles = dataDirectory ? readCandles(path('candles', series.candles), series.rows) : undefined
  const errorOf = (each: Case, suffix: string): number => {
    if (candles === undefined) throw new Error('the shared data is missing')
    const expected = columnOf(
      readColumns(path('indicators', `${series.expected}.${suffix}.csv`)),
      each.column,
    )
    return largestError(each, expected, candles)
  }

  it.each(CASES)('$column equals TA-Lib on every row', (each) => {
    expect(errorOf(each, 'talib')).toBeLessThanOrEqual(each.tolerance)
  })
  it('vwap equals the session sums on every row', () => {
    expect(errorOf(VWAP, 'extra')).toBeLessThanOrEqual(VWAP.tolerance)
  })
})
