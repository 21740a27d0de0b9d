/** What a difference is measured against: the value itself, 1 where that is larger, or the bar's close. */
export type Scale = 'value' | 'oscillator' | 'price'

export interface IndicatorCase {
  readonly column: string
  readonly indicator: { readonly type: string; readonly params: Readonly<Record<string, number>> }
  readonly line: number
  readonly scale: Scale
}

const single = (
  column: string,
  type: string,
  params: IndicatorCase['indicator']['params'],
): IndicatorCase => ({
  column,
  indicator: { type, params },
  line: 0,
  scale: 'value',
})

const periods = (name: string, type: string, lengths: readonly number[]): IndicatorCase[] =>
  lengths.map((period) => single(`${name}_${period}`, type, { period }))

const oscillator = (cases: readonly IndicatorCase[]): IndicatorCase[] =>
  cases.map((each) => ({ ...each, scale: 'oscillator' }))

const macdCases = [
  [12, 26, 9],
  [5, 35, 5],
].flatMap(([fast = 0, slow = 0, signal = 0]) =>
  ['MACD', 'MACDSIGNAL', 'MACDHIST'].map((name, line): IndicatorCase => {
    const base = single(`${name}_${fast}_${slow}_${signal}`, 'macd', { fast, slow, signal })
    return { ...base, line, scale: 'price' }
  }),
)

const band = (column: string, period: number, stdDev: number): IndicatorCase => ({
  ...single(column, 'bbands', { period, stdDev }),
  line: ['BBU', 'BBM', 'BBL'].indexOf(column.slice(0, 3)),
  scale: 'price',
})

const stochCases = [
  [14, 3, 3],
  [5, 3, 3],
  [9, 4, 2],
].flatMap(([kPeriod = 0, kSmooth = 0, dPeriod = 0]) =>
  ['STOCHK', 'STOCHD'].map((name, line): IndicatorCase => {
    const params = { kPeriod, kSmooth, dPeriod }
    return { ...single(`${name}_${kPeriod}_${kSmooth}_${dPeriod}`, 'stoch', params), line }
  }),
)

const adxCases = [9, 14].flatMap((period) =>
  ['ADX', 'PLUS_DI', 'MINUS_DI'].map((name, line): IndicatorCase => ({
    ...single(`${name}_${period}`, 'adx', { period }),
    line,
  })),
)

const channelCases = (base: string, columns: readonly string[], indicator: IndicatorCase['indicator']) =>
  columns.map((column, line): IndicatorCase => ({
    ...single(base.replace('*', column), indicator.type, indicator.params),
    line,
  }))

const stochfCases = [
  [14, 3],
  [5, 3],
  [8, 5],
].flatMap(([kPeriod = 0, dPeriod = 0]) =>
  channelCases(`STOCHF*_${kPeriod}_${dPeriod}`, ['K', 'D'], { type: 'stochf', params: { kPeriod, dPeriod } }),
)

const DONCHIAN = { type: 'donchian', params: { period: 20 } }
const KELTNER = { type: 'keltner', params: { period: 20, atrPeriod: 10, multiplier: 2 } }
const SUPERTREND = { type: 'supertrend', params: { period: 10, multiplier: 3 } }

/** Every column of the shared files whose indicator is one of ours, with the scale of its 1e-9. */
export const INDICATOR_CASES: readonly IndicatorCase[] = [
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
  ...periods('CCI', 'cci', [20, 14, 11]),
  ...oscillator(periods('MFI', 'mfi', [14, 10])),
  ...oscillator(periods('WILLR', 'willr', [14, 21])),
  ...periods('ROC', 'roc', [10, 3]),
  single('OBV', 'obv', {}),
  ...oscillator(stochfCases),
  single('NATR_14', 'natr', { period: 14 }),
  ...channelCases('KELTNER_*', ['UPPER_20_10_2', 'MIDDLE_20', 'LOWER_20_10_2'], KELTNER),
  ...channelCases('SUPERTREND*_10_3', ['', '_DIR'], SUPERTREND),
  single('DEMA_20', 'dema', { period: 20 }),
  single('TEMA_20', 'tema', { period: 20 }),
  single('KAMA_10', 'kama', { period: 10 }),
  ...channelCases('DONCHIAN_*_20', ['UPPER', 'MIDDLE', 'LOWER'], DONCHIAN),
]

export const VWAP_CASE = single('VWAP_SESSION_UTC', 'vwap', {})

const scaleOf = (scale: Scale, value: number, price: number): number => {
  if (scale === 'price') return price
  return scale === 'value' ? Math.abs(value) : Math.max(1, Math.abs(value))
}

interface Series {
  readonly actual: Float64Array
  readonly expected: Float64Array
  readonly close: Float64Array
}

/** The largest difference over all rows, on the scale of the case; infinite where only one side has a value. */
export const largestError = (scale: Scale, { actual, expected, close }: Series): number =>
  expected.reduce((worst, value, i) => {
    const computed = actual[i] ?? Number.NaN
    if (Number.isNaN(value) && Number.isNaN(computed)) return worst
    const difference = Math.abs(computed - value)
    if (difference === 0) return worst
    const error = difference / scaleOf(scale, value, close[i] ?? 0)
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error)
  }, 0)
