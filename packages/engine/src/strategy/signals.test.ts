import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../kernel/index.ts'
import { allocateCandles, type Candles, SOURCE_FIELDS } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import { createSeriesColumns, type SeriesColumns } from './series-columns.ts'
import { ENTRY_LONG, evaluateSignals, EXIT_LONG } from './signals.ts'
import { type Comparison, type Operand, OPERATORS, type Rule, type Strategy } from './strategy.ts'

/** Every field of the bars takes these values, so that a rule can be read off a row. */
const candlesOf = (close: readonly number[], open: readonly number[] = close): Candles => {
  const candles = allocateCandles(close.length, { shared: false })
  close.forEach((value, bar) => {
    candles.time[bar] = bar
    for (const field of ['high', 'low', 'close', 'volume'] as const) candles[field][bar] = value
    candles.open[bar] = open[bar]!
  })
  return candles
}

const INDICATORS: Strategy['indicators'] = {
  mean: { type: 'sma', params: { period: 3 } },
  rsi: { type: 'rsi', params: { period: 4 } },
  bands: { type: 'bbands', params: { period: 5, stdDev: 1 } },
}

const signalsOf = (series: SeriesColumns, entry: Rule, exit?: Rule): number[] => {
  const compiled = compileStrategy({
    name: 'test',
    version: 1,
    direction: 'long',
    indicators: INDICATORS,
    entry: { long: entry },
    ...(exit === undefined ? {} : { exit: { long: exit } }),
    sizing: { kind: 'units', value: 1 },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const flags = evaluateSignals(compiled.value, series)
  const bytes = [...flags.bytes.subarray(0, series.bars)]
  series.giveBackFlags(flags)
  return bytes
}

const barsWhere = (rule: Rule, close: readonly number[], open?: readonly number[]): number[] =>
  signalsOf(createSeriesColumns(candlesOf(close, open)), rule).flatMap((bits, bar) =>
    (bits & ENTRY_LONG) === 0 ? [] : [bar],
  )

const compare = (left: Operand, op: Comparison['op'], right: Operand): Rule => ({ left, op, right })

describe('evaluateSignals', () => {
  const close = [1, 2, 3, 2, 2, 1, 2, 3]
  const open = [2, 2, 2, 2, 2, 2, 2, 2]
  it.each<readonly [string, Rule, readonly number[]]>([
    ['>', compare('close', '>', 2), [2, 7]],
    ['<', compare('close', '<', 'open'), [0, 5]],
    ['>=', compare('close', '>=', 2), [1, 2, 3, 4, 6, 7]],
    ['<=', compare(2, '<=', 'close'), [1, 2, 3, 4, 6, 7]],
    ['==', compare('close', '==', 'open'), [1, 3, 4, 6]],
    ['!=', compare('close', '!=', 2), [0, 2, 5, 7]],
    ['a cross from below', compare('close', 'crosses_above', 'open'), [2, 7]],
    ['a cross of a number from below', compare('close', 'crosses_above', 1.5), [1, 6]],
    ['a cross from a tie', compare('close', 'crosses_below', 'open'), [5]],
    ['a number crossed from above', compare(2.5, 'crosses_above', 'close'), [3]],
    ['an operand one bar back', compare({ ref: 'close', offset: 1 }, '>', 'close'), [3, 5]],
    [
      'a cross one bar back',
      compare({ ref: 'close', offset: 1 }, 'crosses_above', { ref: 'open', offset: 1 }),
      [3],
    ],
    ['numbers', compare(2, '>', 1), [0, 1, 2, 3, 4, 5, 6, 7]],
    ['numbers, which never cross', compare(2, 'crosses_above', 1), []],
    ['all', { all: [compare('close', '>=', 2), compare('close', '<', 3)] }, [1, 3, 4, 6]],
    ['any', { any: [compare('close', '>', 2), compare('close', '<', 2)] }, [0, 2, 5, 7]],
    ['not', { not: compare('close', '==', 2) }, [0, 2, 5, 7]],
    ['one comparison read twice', { all: [compare('close', '>', 1), { not: compare('close', '>', 1) }] }, []],
  ])('finds %s', (...[, rule, bars]) => {
    expect(barsWhere(rule, close, open)).toEqual(bars)
  })

  it.each<readonly [string, Rule, readonly number[]]>([
    ['false', compare('mean', '>', 0), [2, 3]],
    ['false for != too', compare('mean', '!=', 0), [2, 3]],
    ['false for an offset before the start', compare({ ref: 'close', offset: 2 }, '!=', 0), [2, 3]],
    ['false for a cross whose bar before has none', compare('close', 'crosses_above', 'mean'), []],
    ['true under not', { not: compare('mean', '>', 0) }, [0, 1]],
  ])('makes an undefined operand %s', (...[, rule, bars]) => {
    expect(barsWhere(rule, [1, 2, 3, 4])).toEqual(bars)
  })

  it('takes floats as equal within a part in 1e12', () => {
    expect(barsWhere(compare('close', '==', 0.3), [0.1 + 0.2, 0.3, 0.3 + 1e-11])).toEqual([0, 1])
    expect(barsWhere(compare('close', '!=', 3e15), [3e15 + 1, 3e15 + 4000])).toEqual([1])
  })

  it('gives entries and exits their own bits', () => {
    const series = createSeriesColumns(candlesOf([1, 2, 3]))
    expect(signalsOf(series, compare('close', '>', 1), compare('close', '<', 3))).toEqual([
      EXIT_LONG,
      ENTRY_LONG | EXIT_LONG,
      ENTRY_LONG,
    ])
  })

  it('gives the same answer on a series that has been used before', () => {
    const series = createSeriesColumns(candlesOf([5, 1, 4, 2, 3, 6, 1]))
    const first = signalsOf(series, { not: compare('close', '>', 'mean') }, compare('rsi', '>', 50))
    signalsOf(series, { any: [compare('close', '>', 2), { not: compare('open', '<', 4) }] })
    expect(signalsOf(series, { not: compare('close', '>', 'mean') }, compare('rsi', '>', 50))).toEqual(first)
  })
})

const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.constantFrom('close', 'open', 'mean', 'rsi', 'bands.upper'),
  fc.record({ ref: fc.constantFrom('close', 'mean', 'bands.lower'), offset: fc.integer({ min: 0, max: 3 }) }),
)
const ruleArbitrary: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ left: operand, op: fc.constantFrom(...OPERATORS), right: operand }),
    fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('rule') }),
  ),
})).rule

/** The rule language read bar by bar, straight from its description. */
class PlainReader {
  readonly #valueOf: (name: string, bar: number) => number

  constructor(series: SeriesColumns) {
    const lines = (id: string) => {
      const { type, params } = INDICATORS[id]!
      return series.linesOf({ type, params: params ?? {}, source: 'close' })
    }
    const columns: Record<string, Float64Array> = { mean: lines('mean')[0]!, rsi: lines('rsi')[0]! }
    lines('bands').forEach((line, index) => (columns[`bands.${['upper', 'middle', 'lower'][index]!}`] = line))
    for (const field of SOURCE_FIELDS) columns[field] = series.candles[field]
    this.#valueOf = (name, bar) => columns[name]?.[bar] ?? Number.NaN
  }

  value(side: Operand, bar: number): number {
    if (typeof side === 'number') return side
    if (typeof side === 'string') return this.#valueOf(side, bar)
    if ('ref' in side) return this.#valueOf(side.ref, bar - (side.offset ?? 0))
    throw new Error('these rules have no arithmetic')
  }

  holds(rule: Rule, bar: number): boolean {
    if ('all' in rule) return rule.all.every((child) => this.holds(child, bar))
    if ('any' in rule) return rule.any.some((child) => this.holds(child, bar))
    if ('not' in rule) return !this.holds(rule.not, bar)
    const [a, b] = [this.value(rule.left, bar), this.value(rule.right, bar)]
    const [c, d] =
      bar === 0 ? [Number.NaN, Number.NaN] : [this.value(rule.left, bar - 1), this.value(rule.right, bar - 1)]
    if (Number.isNaN(a) || Number.isNaN(b)) return false
    const isEqual = Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b))
    return {
      '>': a > b,
      '<': a < b,
      '>=': a >= b,
      '<=': a <= b,
      '==': isEqual,
      '!=': !isEqual,
      crosses_above: c <= d && a > b,
      crosses_below: c >= d && a < b,
    }[rule.op]
  }
}

describe('column evaluation', () => {
  it('equals reading the rule bar by bar', () => {
    fc.assert(
      fc.property(fc.integer(), ruleArbitrary, ruleArbitrary, (seed, entry, exit) => {
        const random = seededRandom(seed)
        const values = () => Array.from({ length: 21 }, () => Math.floor(random() * 7))
        const series = createSeriesColumns(candlesOf(values(), values()))
        const reader = new PlainReader(series)
        const expected = Array.from(
          { length: 21 },
          (_, bar) => (reader.holds(entry, bar) ? ENTRY_LONG : 0) | (reader.holds(exit, bar) ? EXIT_LONG : 0),
        )
        expect(signalsOf(series, entry, exit)).toEqual(expected)
      }),
      { seed: 7, numRuns: 1000 },
    )
  })
})
