import { gappyCandles, strategyArbitrary } from '@botcriptofy/testkit/strategies'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeProblem } from '../kernel/index.ts'
import { allocateCandles, type Candles, type SourceField } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import { operandColumn, valueAt } from './operand-column.ts'
import type { OperandPlan, Program } from './program.ts'
import { createSeriesColumns, type SeriesColumns } from './series-columns.ts'
import type { Operand, Strategy } from './strategy.ts'

const strategyOf = (price: Operand, parts: Partial<Strategy> = {}): Strategy => ({
  name: 'test',
  version: 1,
  direction: 'long',
  indicators: { mean: { type: 'sma', params: { period: 2 } } },
  entry: { long: { left: 'close', op: '>', right: 0 } },
  entryOrder: { kind: 'limit', limit: { price } },
  sizing: { kind: 'units', value: 1 },
  ...parts,
})

const programOf = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(compiled.error.map(describeProblem).join('; '))
  return compiled.value
}

const priceOf = ({ entryOrder }: Program): OperandPlan => {
  if (entryOrder?.limit?.kind !== 'operand') throw new Error('a limit at an operand')
  return entryOrder.limit.operand
}

const columnOf = (strategy: Strategy, series: SeriesColumns): number[] => {
  const program = programOf(strategy)
  const value = operandColumn(priceOf(program), { program, series })
  return Array.from({ length: series.bars }, (_, bar) => valueAt(value, bar))
}

/** close 1 2 4 8, open 2 2 0 4. */
const CANDLES: Candles = (() => {
  const candles = allocateCandles(4, { shared: false })
  const close = [1, 2, 4, 8]
  const open = [2, 2, 0, 4]
  close.forEach((value, bar) => {
    candles.time[bar] = bar * 60_000
    candles.close[bar] = value
    candles.open[bar] = open[bar]!
  })
  return candles
})()

const NONE = Number.NaN

describe('arithmetic between operands', () => {
  it.each<readonly [string, Operand, readonly number[]]>([
    ['add', { add: ['close', 'open', 1] }, [4, 5, 5, 13]],
    ['sub', { sub: ['close', 'open'] }, [-1, 0, 4, 4]],
    ['mul', { mul: ['close', 'open', 0.5] }, [1, 2, 0, 16]],
    ['div', { div: ['close', 'open'] }, [0.5, 1, NONE, 2]],
    ['min', { min: ['close', 'open', 3] }, [1, 2, 0, 3]],
    ['max', { max: ['close', 'open', 3] }, [3, 3, 4, 8]],
    ['abs of a list', { abs: [{ sub: ['open', 'close'] }] }, [1, 0, 4, 4]],
    ['abs of a bare operand', { abs: { sub: ['open', 3] } }, [1, 1, 3, 1]],
    ['an operand some bars back', { sub: ['close', { ref: 'close', offset: 1 }] }, [NONE, 1, 2, 4]],
    ['an indicator that has no value yet', { add: ['mean', 1] }, [NONE, 2.5, 4, 7]],
    ['max with an undefined member', { max: ['mean', 100] }, [NONE, 100, 100, 100]],
    ['a number less an operand', { sub: [10, 'close'] }, [9, 8, 6, 2]],
    ['nested arithmetic', { div: [{ add: ['close', 'open'] }, { mul: [2, 'close'] }] }, [1.5, 1, 0.5, 0.75]],
    ['an inner result that is not finite', { div: [1, { div: [1, 'open'] }] }, [2, 2, NONE, 4]],
    ['an overflow', { mul: ['close', 1e308] }, [1e308, NONE, NONE, NONE]],
    ['constants', { mul: [{ add: [1, 2] }, { max: [2, { abs: -4 }] }] }, [12, 12, 12, 12]],
    ['a constant that is not finite', { add: ['close', { div: [1, 0] }] }, [NONE, NONE, NONE, NONE]],
  ])('computes %s', (...[, price, values]) => {
    expect(columnOf(strategyOf(price), createSeriesColumns(CANDLES))).toEqual(values)
  })

  it('goes from left to right in float64', () => {
    const series = createSeriesColumns(CANDLES)
    expect(columnOf(strategyOf({ add: ['close', 1e-16, 1e-16] }), series)[0]).toBe(1)
    expect(columnOf(strategyOf({ add: ['close', { add: [1e-16, 1e-16] }] }), series)[0]).toBe(1 + 2e-16)
  })

  it('folds an expression of numbers', () => {
    const program = programOf(strategyOf({ sub: [{ mul: [3, 4] }, 2] }))
    expect(priceOf(program)).toEqual({ kind: 'number', value: 10 })
    expect(program.expressions).toEqual([])
  })

  it.each<readonly [string, Operand, readonly string[]]>([
    ['too few operands', { add: ['close'] }, ['price.add: expected two or more operands, was 1']],
    ['too many', { sub: [1, 2, 3] }, ['price.sub: expected two operands, was 3']],
    ['two for abs', { abs: ['close', 'open'] }, ['price.abs: expected one operand, was 2']],
    ['none', { max: [] }, ['price.max: expected two or more operands, was 0']],
    [
      'names it does not know, at any depth',
      { add: [{ abs: 'x' }, { mul: [1, { ref: 'y' }] }] },
      [
        'price.add[0].abs: expected a number or one of open, high, low, close, volume, mean, was "x"',
        'price.add[1].mul[1].ref: expected one of open, high, low, close, volume, mean, was "y"',
      ],
    ],
    [
      'half an offset',
      { add: [1, { ref: 'close', offset: 0.5 }] },
      ['price.add[1].offset: expected a whole number of bars, 0 or more, was 0.5'],
    ],
  ])('refuses %s', (...[, price, problems]) => {
    const compiled = compileStrategy(strategyOf(price))
    expect(compiled.ok ? [] : compiled.error.map(describeProblem)).toEqual(
      problems.map((problem) => `entryOrder.limit.${problem}`),
    )
  })

  it('is computed once for equal expressions, in whatever strategy and under whatever id', () => {
    const series = createSeriesColumns(CANDLES)
    const other = { indicators: { m: { type: 'sma', params: { period: 2 } } } }
    const columns = [
      programOf(strategyOf({ add: ['mean', 1] })),
      programOf(strategyOf({ add: [{ ref: 'm', offset: 0 }, 1] }, other)),
    ].map((program) => operandColumn(priceOf(program), { program, series }))
    expect(columns[0]).toMatchObject({ offset: 0 })
    expect(columns[1]).toEqual(columns[0])
    const [first, second] = columns.map((value) => (typeof value === 'number' ? null : value.column))
    expect(second).toBe(first)
  })

  it.each<readonly [string, Operand, Operand]>([
    ['offset', { add: [{ ref: 'close', offset: 1 }, 1] }, { add: [{ ref: 'close', offset: 2 }, 1] }],
    ['number', { add: ['close', 1] }, { add: ['close', 2] }],
    ['operator', { add: ['close', 1] }, { sub: ['close', 1] }],
    ['line', { add: ['bands.upper', 1] }, { add: ['bands.lower', 1] }],
    ['timeframe', { add: ['mean', 1] }, { add: ['slow', 1] }],
    ['order', { sub: ['close', 'mean'] }, { sub: ['mean', 'close'] }],
    ['nesting', { add: [{ add: ['close', 1] }, 'mean'] }, { add: ['close', { add: [1, 'mean'] }] }],
  ])('is another one with another %s', (...[, first, second]) => {
    const bands = { type: 'bbands', params: { period: 2, stdDev: 1 } }
    const mean = { type: 'sma', params: { period: 2 } }
    const indicators = { mean, bands, slow: { ...mean, timeframe: '2m' } }
    const entry = { long: { left: first, op: '>', right: second } } as const
    const { expressions } = programOf(strategyOf(1, { indicators, entry }))
    expect(new Set(expressions.map(({ key }) => key)).size).toBe(2)
  })

  it('appears once in a program that uses it twice', () => {
    const left = { sub: ['close', 'mean'] }
    const rules = {
      entry: {
        long: {
          all: [
            { left, op: '>', right: 0 },
            { left, op: '<', right: 5 },
          ],
        },
      },
    } as const
    const program = programOf(strategyOf(left, rules))
    expect(program.expressions).toHaveLength(1)
    expect(program.comparisons).toHaveLength(2)
  })

  it('starts when the last of its operands has a value', () => {
    const left = { add: ['mean', { ref: 'close', offset: 3 }] }
    const entry = (op: '>' | 'crosses_above') => ({ entry: { long: { left, op, right: 1 } } })
    expect(programOf(strategyOf(1, entry('>'))).firstSignalBar).toBe(3)
    expect(programOf(strategyOf(1, entry('crosses_above'))).firstSignalBar).toBe(4)
    const never = { left: { add: ['close', { div: [1, 0] }] }, op: '>', right: 1 } as const
    expect(programOf(strategyOf(1, { entry: { long: never } })).firstSignalBar).toBe(Infinity)
  })

  it.each<readonly [string, (inner: Operand) => Operand]>([
    ['the left', (inner) => ({ add: [inner, 'open'] })],
    ['the right', (inner) => ({ add: ['open', inner] })],
    ['the right of results', (inner) => ({ add: [{ abs: 'open' }, inner] })],
  ])('may be nested to any depth on %s', (...[, wrap]) => {
    let price: Operand = 'close'
    for (let depth = 0; depth < 50_000; depth++) price = wrap(price)
    const values = columnOf(strategyOf(price), createSeriesColumns(CANDLES))
    expect(values).toEqual([100_001, 100_002, 4, 200_008])
  })
})

/** The language read straight from its description. */
const read = (operand: Operand, bar: number, leaf: (name: string, bar: number) => number): number => {
  if (typeof operand === 'number') return operand
  if (typeof operand === 'string') return leaf(operand, bar)
  if ('ref' in operand) return leaf(operand.ref, bar - (operand.offset ?? 0))
  const [[op, list] = ['', []]] = Object.entries(operand) as [string, Operand | Operand[]][]
  const values = (Array.isArray(list) ? list : [list]).map((inner) => read(inner, bar, leaf))
  if (values.some(Number.isNaN)) return Number.NaN
  const apply: Record<string, (a: number, b: number) => number> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    min: Math.min,
    max: Math.max,
  }
  if (op === 'abs') return Math.abs(values[0]!)
  return values.reduce((a, b) => {
    const result = apply[op]!(a, b)
    return Number.isFinite(result) ? result : Number.NaN
  })
}

describe('expression columns', () => {
  it('equal reading the expression bar by bar, over block ends too', () => {
    const anyStrategy = strategyArbitrary({ timeframes: [], types: ['sma', 'obv', 'roc'] })
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 7, 1024, 2100), anyStrategy, (seed, bars, strategy) => {
        const program = programOf(strategy)
        const series = createSeriesColumns(gappyCandles({ seed, bars, barMs: 60_000 }))
        const leaf = (name: string, bar: number): number => {
          const index = program.indicatorById.get(name)
          const column =
            index === undefined
              ? series.candles[name as SourceField]
              : series.linesOf(program.indicators[index]!)[0]!
          return column[bar] ?? Number.NaN
        }
        const order = strategy.entryOrder
        if (order?.kind !== 'limit' || !('price' in order.limit)) throw new Error('a limit at a price')
        const { price } = order.limit
        const value = operandColumn(priceOf(program), { program, series })
        for (let bar = 0; bar < bars; bar++) {
          const expected = read(price, bar, leaf)
          const actual = valueAt(value, bar)
          if (actual !== expected && !(Number.isNaN(actual) && Number.isNaN(expected))) {
            expect({ bar, actual }).toEqual({ bar, actual: expected })
          }
        }
      }),
      { seed: 21, numRuns: 100 },
    )
  })
})
