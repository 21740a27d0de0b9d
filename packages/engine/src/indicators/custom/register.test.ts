import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../kernel/index.ts'
import { generateCandles } from '../../market/index.ts'
import { computeIndicator, definitionOf } from '../compute.ts'
import { defineStream, type IndicatorDefinition } from '../definition.ts'
import { findIndicator, indicatorDigests, INDICATOR_TYPES, indicatorTypes, originOf } from '../registry.ts'
import { resolveIndicator } from '../resolve.ts'
import { registerIndicator } from './register.ts'

const ORIGIN = { module: 'own/average.mjs', sha256: 'a'.repeat(64) }

/** The mean of high and low over `period` bars, summed afresh for every bar. */
const average = (type: string): IndicatorDefinition => ({
  type,
  parameters: [{ name: 'period', integer: true, min: 1, max: 200 }],
  lines: ['value'],
  takesSource: false,
  lookback: ({ period = 0 }) => period - 1,
  stabilisation: ({ period = 0 }) => period - 1,
  compute: ({ candles: { high, low } }, { period = 0 }, [out]) => {
    for (let i = 0; i < high.length; i++) {
      let sum = i < period - 1 ? Number.NaN : 0
      for (let k = Math.max(0, i - period + 1); k <= i; k++) sum += (high[k]! + low[k]!) / 2
      out![i] = sum / period
    }
  },
  stream: defineStream<{ readonly period: number; middles: number[] }>({
    start: ({ period = 0 }) => ({ period, middles: [] }),
    next: (state, { high, low }, out) => {
      state.middles = [...state.middles, (high + low) / 2].slice(-state.period)
      const { middles, period } = state
      out[0] = middles.length < period ? Number.NaN : middles.reduce((sum, value) => sum + value, 0) / period
    },
  }),
})

const messageOf = (definition: IndicatorDefinition): string => {
  const result = registerIndicator(definition, ORIGIN)
  return result.ok ? 'registered' : describeProblem(result.error)
}

const ofType = (type: string) => ({ type })

const candles = generateCandles({ seed: 8, bars: 50, startMs: 0, timeframeMs: 60_000, startPrice: 20 })

describe('registerIndicator', () => {
  it('makes an indicator usable by its name', () => {
    expect(messageOf(average('middle_average'))).toBe('registered')
    const resolved = resolveIndicator({ type: 'middle_average', params: { period: 3 } }, 'indicators.m')
    if (!resolved.ok) throw new Error('expected middle_average to be known')
    expect(definitionOf(resolved.value).lines).toEqual(['value'])
    expect(computeIndicator(candles, resolved.value)[0]?.[2]).toBeCloseTo(
      [0, 1, 2].reduce((sum, i) => sum + (candles.high[i]! + candles.low[i]!) / 6, 0),
      10,
    )
    expect(resolveIndicator({ type: 'middle_average', params: { period: 0 } }, 'x').ok).toBe(false)
  })

  it('keeps where an indicator comes from, and only that of custom ones', () => {
    expect(messageOf(average('with_origin'))).toBe('registered')
    expect(originOf('with_origin')).toEqual(ORIGIN)
    expect(originOf('sma')).toBeUndefined()
    expect(indicatorDigests(['sma', 'with_origin', 'with_origin', 'nope'].map(ofType))).toEqual({
      with_origin: ORIGIN.sha256,
    })
    expect(indicatorDigests(['sma', 'ema'].map(ofType))).toEqual({})
    expect(indicatorTypes()).toEqual(expect.arrayContaining([...INDICATOR_TYPES, 'with_origin']))
    expect(INDICATOR_TYPES).not.toContain('with_origin')
  })

  it('takes an indicator without parameters and one with several lines and a source', () => {
    const { compute: _compute, stream: _stream, ...rest } = average('source_and_back')
    const definition: IndicatorDefinition = {
      ...rest,
      parameters: [],
      lines: ['same', 'negative'],
      takesSource: true,
      lookback: () => 0,
      lineLookbacks: () => [0, 0],
      stabilisation: () => 0,
      compute: ({ source }, _params, [same, negative]) => {
        same!.set(source)
        negative!.set(source.map((value) => -value))
      },
      stream: defineStream<null>({
        start: () => null,
        next: (_state, { source }, out) => {
          out[0] = source
          out[1] = -source
        },
      }),
    }
    expect(messageOf(definition)).toBe('registered')
  })

  it('hears of a lookback that fails with parameters no check has tried', () => {
    const definition: IndicatorDefinition = {
      ...average('fails_late'),
      lookback: ({ period = 0 }) => (period > 100 ? Number.NaN : period - 1),
    }
    expect(messageOf(definition)).toBe('registered')
    const resolve = (period: number) =>
      resolveIndicator({ type: 'fails_late', params: { period } }, 'indicators.a')
    expect(resolve(100).ok).toBe(true)
    const refused = resolve(101)
    expect(refused.ok ? [] : refused.error.map(describeProblem)).toEqual([
      'indicators.a.params: expected parameters for which fails_late.lookback is a whole number of bars from 0 to 9007199254740991 with {"period":101}, was NaN',
    ])
  })

  it('registers nothing it refuses', () => {
    expect(messageOf({ ...average('refused'), lines: [] })).not.toBe('registered')
    expect(findIndicator('refused')).toBeUndefined()
  })
})

describe('registerIndicator accepts every built-in indicator under another name', () => {
  // VWAP has no value on a day without volume, which a custom indicator may not do.
  const types = INDICATOR_TYPES.filter((type) => type !== 'vwap')
  it.each(types)('%s', (type) => {
    const definition = findIndicator(type)
    if (definition === undefined) throw new Error(`expected ${type} to be known`)
    expect(messageOf({ ...definition, type: `own_${type}` })).toBe('registered')
  })
})

type Change = Partial<IndicatorDefinition>
const compute = (change: NonNullable<Change['compute']>): Change => ({ compute: change })
const fine = average('x').compute
const fineStream = average('x').stream

/** The average with some cells changed after it was computed. */
const thenChanged = (change: (out: Float64Array, period: number) => void): Change =>
  compute((input, params, out) => {
    fine(input, params, out)
    change(out[0]!, params['period'] ?? 0)
  })

const stream = (change: Partial<IndicatorDefinition['stream']>): Change => ({
  stream: { ...fineStream, ...change },
})

let calls = 0
let kept = Number.NaN

const REFUSED: readonly (readonly [string, Change, RegExp])[] = [
  ['a name with a dash', { type: 'my-average' }, /my-average\.type: expected letters, .* was "my-average"$/],
  ['the name __proto__', { type: '__proto__' }, /\.type: expected letters/],
  [
    'a name of a built-in one',
    { type: 'sma' },
    /sma\.type: expected a name that no other indicator has, was that of a built-in one$/,
  ],
  ['no lines', { lines: [] }, /\.lines: expected at least one line, was none$/],
  ['a line with a dot', { lines: ['a.b'] }, /\.lines: expected names of letters, .* was "a\.b"$/],
  ['a line twice', { lines: ['a', 'a'] }, /\.lines: expected different names, was a twice$/],
  [
    'a parameter twice',
    { parameters: [1, 2].map((min) => ({ name: 'period', integer: true, min, max: 9 })) },
    /\.parameters: expected different names, was period twice$/,
  ],
  [
    'a range that is empty',
    { parameters: [{ name: 'period', integer: true, min: 9, max: 2 }] },
    /\.parameters\.period: expected whole numbers min <= max, was 9 and 2$/,
  ],
  [
    'a range without end',
    { parameters: [{ name: 'period', integer: false, min: 1, max: Infinity }] },
    /\.parameters\.period: expected finite numbers min <= max, was 1 and Infinity$/,
  ],
  [
    'a lookback that is no number of bars',
    { lookback: ({ period = 0 }) => period / 2 },
    /\.lookback: expected a whole number of bars from 0 to 20000 with \{"period":1\}, was 0\.5$/,
  ],
  [
    'a lookback that throws',
    {
      lookback: () => {
        throw new RangeError('no\nidea')
      },
    },
    /\.lookback: expected no exception, was RangeError: no idea$/,
  ],
  [
    'lookbacks of lines that do not fit',
    { lineLookbacks: () => [1, 2] },
    /\.lineLookbacks: expected a whole number of bars a line, the largest 0 .*, was \[1,2\]$/,
  ],
  [
    'a stabilisation below the lookback',
    { stabilisation: () => 0 },
    /\.stabilisation: expected a whole number of bars from the lookback \(2\) on .*, was 0$/,
  ],
  [
    'a compute that throws',
    compute(({ candles: { close } }, _params, out) => out[1]!.set(close)),
    /\.compute: expected no exception, was TypeError: /,
  ],
  [
    'a column that is too short',
    compute(({ candles: { close } }, _params, [out]) => out!.set(close.subarray(0, close.length - 3))),
    /\.compute: expected 300 cells of line value written \(a random walk.*\), was 297, without that of bar 297$/,
  ],
  [
    'a column put in the place of the one given',
    compute(({ candles: { close } }, _params, out) => Object.assign(out, [close.slice()])),
    /\.compute: expected the column it is given for line value to be filled .*, was another object/,
  ],
  [
    'chance',
    thenChanged((out) => (out[out.length - 1] = ++calls)),
    /\.compute: expected the same values on every call .* at bar 299 of line value$/,
  ],
  [
    'a value before the lookback',
    thenChanged((out, period) => period > 1 && out.fill(7, period - 2, period - 1)),
    /\.compute: expected no value of line value before bar 2, its lookback .*, was 7 at bar 1$/,
  ],
  [
    'NaN after the warm-up',
    thenChanged((out) => out.fill(Number.NaN, 150, 151)),
    /\.compute: expected a finite number in line value from bar 0 on, .*, was NaN at bar 150$/,
  ],
  [
    'a division by the range of a price that never moves',
    compute(({ candles: { high, low, close } }, _params, [out]) =>
      out!.set(close.map((value, i) => (value - low[i]!) / (high[i]! - low[i]!))),
    ),
    /\.compute: expected a finite number .*\(a price that never moves, .*, was NaN at bar 0$/,
  ],
  [
    'a changed input',
    compute((input, params, out) => {
      fine(input, params, out)
      input.candles.close[4] = 1
    }),
    /\.compute: expected its input left as it is .*, was close of bar 4 changed$/,
  ],
  [
    'changed parameters',
    compute((input, params, out) => {
      fine(input, params, out)
      Object.assign(params, { period: 2 })
    }),
    /\.compute: expected no exception, was TypeError: Cannot assign to read only property/,
  ],
  [
    'a look ahead',
    compute(({ candles: { close } }, _params, [out]) =>
      out!.set(close.map((value, i) => close[i + 1] ?? value)),
    ),
    /\.compute: expected bar 0 of line value to depend on no later bar .*, was .* when the series ends with bar 0, .* when it goes on$/,
  ],
  [
    'a scale taken from the whole series',
    thenChanged((out) => out.set(out.map((value) => value / out.at(-1)!))),
    /\.compute: expected bar \d+ of line value to depend on no later bar/,
  ],
  [
    'a stream that differs in the last bit',
    stream({
      next: (state, bar, out) => {
        fineStream.next(state, bar, out)
        out[0] = out[0]! * (1 + Number.EPSILON)
      },
    }),
    /\.stream: expected the value of compute, \S+, at bar \d+ of line value .*, was \S+$/,
  ],
  [
    'a stream that writes nothing while it warms up',
    stream({
      next: (state, bar, out) => {
        const before = out[0]!
        fineStream.next(state, bar, out)
        if (Number.isNaN(out[0])) out[0] = before
      },
    }),
    /\.stream: expected the value of compute, NaN, at bar 0 of line value .*, was 0$/,
  ],
  [
    'a stream that throws',
    stream({
      next: () => {
        throw new Error('broken')
      },
    }),
    /\.stream: expected no exception, was Error: broken$/,
  ],
  [
    'a state of typed arrays',
    stream({ start: () => ({ ring: new Float64Array(3) }) }),
    /\.stream: expected a state of finite numbers, .*, was state\.ring is a Float64Array before bar 0$/,
  ],
  ['a state with NaN', stream({ start: () => [1, Number.NaN] }), /, was state\[1\] is NaN before bar 0$/],
  [
    'no state at all',
    stream({ start: () => undefined, next: () => undefined }),
    /, was state is undefined before bar 0$/,
  ],
  [
    'a state that holds itself',
    stream({
      start: () => {
        const state: { self?: unknown } = {}
        state.self = state
        return state
      },
    }),
    /is nested deeper than 32 levels before bar 0$/,
  ],
  [
    'a memory outside the state',
    {
      lookback: () => 1,
      stabilisation: () => 1,
      compute: ({ candles: { close } }, _params, [out]) =>
        out!.set(close.map((value, i) => (i === 0 ? Number.NaN : value - close[i - 1]!))),
      stream: {
        start: () => {
          kept = Number.NaN
          return null
        },
        next: (_state, { close }, out) => {
          out[0] = close - kept
          kept = close
        },
      },
    },
    /\.stream: expected the value of compute, .*, at bar 0 of line value/,
  ],
]

describe('registerIndicator refuses', () => {
  it.each(REFUSED)('%s and says why', (_what, change, message) => {
    const text = messageOf({ ...average('broken'), ...change })
    expect(text).toMatch(message)
    expect(text).toMatch(/^own\/average\.mjs: /)
    expect(text).not.toContain('\n')
  })

  it('a name that another module has taken', () => {
    expect(messageOf(average('taken'))).toBe('registered')
    expect(messageOf(average('taken'))).toMatch(
      /taken\.type: expected a name that no other indicator has, was that of one of own\/average\.mjs$/,
    )
  })
})
