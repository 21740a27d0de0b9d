import { describe, expect, it } from 'vitest'
import { indicatorTypes } from '../indicators/index.ts'
import { describeProblem } from '../kernel/index.ts'
import { compileStrategy } from './compile.ts'
import type { Rule, Strategy } from './strategy.ts'

const RULE: Rule = { left: 'fast', op: '>', right: 'macd.signal' }

const strategy = (parts: object = {}): Strategy => ({
  name: 'test',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    macd: { type: 'macd', params: { fast: 12, slow: 26, signal: 9 } },
  },
  entry: { long: RULE },
  sizing: { kind: 'equityFraction', value: 1 },
  ...parts,
})

const problemsOf = (parts: object): string[] => {
  const compiled = compileStrategy(strategy(parts))
  return compiled.ok ? [] : compiled.error.map(describeProblem)
}

const NAMES = 'open, high, low, close, volume, fast, macd.macd, macd.signal, macd.histogram'
const inEntry = (rule: unknown): object => ({ entry: { long: rule } })
const compare = (left: unknown): object => inEntry({ all: [RULE, { left, op: '>', right: 1 }] })

describe('compileStrategy', () => {
  it.each<readonly [string, object, readonly string[]]>([
    [
      'an unknown name',
      compare('fst'),
      [`entry.long.all[1].left: expected a number or one of ${NAMES}, was "fst"`],
    ],
    [
      'an indicator with several lines',
      compare('macd'),
      [`entry.long.all[1].left: expected a number or one of ${NAMES}, was "macd"`],
    ],
    [
      'an unknown line',
      compare('macd.upper'),
      [`entry.long.all[1].left: expected a number or one of ${NAMES}, was "macd.upper"`],
    ],
    [
      'a line of a single-line indicator',
      compare('fast.value'),
      [`entry.long.all[1].left: expected a number or one of ${NAMES}, was "fast.value"`],
    ],
    [
      'an unknown reference',
      compare({ ref: 'x' }),
      [`entry.long.all[1].left.ref: expected one of ${NAMES}, was "x"`],
    ],
    [
      'a name every object has',
      compare('constructor'),
      [`entry.long.all[1].left: expected a number or one of ${NAMES}, was "constructor"`],
    ],
    [
      'a negative offset',
      compare({ ref: 'fast', offset: -1 }),
      ['entry.long.all[1].left.offset: expected a whole number of bars, 0 or more, was -1'],
    ],
    [
      'half an offset',
      compare({ ref: 'fast', offset: 0.5 }),
      ['entry.long.all[1].left.offset: expected a whole number of bars, 0 or more, was 0.5'],
    ],
    [
      'an empty list',
      inEntry({ any: [] }),
      ['entry.long.any: expected at least one rule, was an empty list'],
    ],
    [
      'a problem below not',
      inEntry({ not: { left: 'x', op: '>', right: 1 } }),
      [`entry.long.not.left: expected a number or one of ${NAMES}, was "x"`],
    ],
    [
      'an unknown indicator',
      { indicators: { fast: { type: 'smaa' } } },
      [`indicators.fast.type: expected one of ${indicatorTypes().join(', ')}, was smaa`],
    ],
    [
      'an impossible parameter',
      { indicators: { fast: { type: 'sma', params: { period: 0 } } } },
      ['indicators.fast.params.period: expected a whole number from 2 to 100000, was 0'],
    ],
    [
      'an id that is a field',
      { indicators: { close: { type: 'obv' } } },
      [
        'indicators.close: expected an id of letters, digits and _ that starts with a letter and is no candle field, was "close"',
      ],
    ],
    [
      'a missing entry',
      { entry: {} },
      ['entry.long: expected a rule, as the direction is long, was missing'],
    ],
    [
      'an entry on the other side alone',
      { entry: { short: RULE } },
      ['entry.long: expected a rule, as the direction is long, was missing'],
    ],
    [
      'no entry for both directions',
      { direction: 'both', entry: {} },
      ['entry: expected a rule, as the direction is both, was missing'],
    ],
    [
      'a stop of everything',
      { stopLoss: { fraction: 1 } },
      ['stopLoss.fraction: expected a number above 0 and below 1, was 1'],
    ],
    [
      'a short target below zero',
      { direction: 'short', entry: { short: RULE }, takeProfit: { fraction: 1 } },
      ['takeProfit.fraction: expected a number above 0 and below 1, was 1'],
    ],
    [
      'a target of nothing',
      { takeProfit: { fraction: 0 } },
      ['takeProfit.fraction: expected a number above 0, was 0'],
    ],
    [
      'a negative activation',
      { trailingStop: { fraction: 0.1, activationFraction: -0.1 } },
      ['trailingStop.activationFraction: expected a number above 0, was -0.1'],
    ],
    [
      'more than all equity',
      { sizing: { kind: 'equityFraction', value: 1.1 } },
      ['sizing.value: expected a number above 0 and at most 1, was 1.1'],
    ],
    ['no units', { sizing: { kind: 'units', value: 0 } }, ['sizing.value: expected a number above 0, was 0']],
    [
      'a risk without a stop',
      { sizing: { kind: 'riskFraction', value: 0.01 } },
      ['stopLoss: expected a stop, which riskFraction is measured by, was missing'],
    ],
  ])('refuses %s', (...[, parts, problems]) => {
    expect(problemsOf(parts)).toEqual(problems)
  })

  it('reports every problem at once', () => {
    const parts = { sizing: { kind: 'units', value: -1 }, exit: { long: { left: 'x', op: '>', right: 'y' } } }
    expect(problemsOf(parts).map((text) => text.split(':')[0])).toEqual([
      'sizing.value',
      'exit.long.left',
      'exit.long.right',
    ])
  })

  it.each<readonly [string, object]>([
    ['a target of ten times for a long', { takeProfit: { fraction: 10 } }],
    ['a trailing stop that starts at once', { trailingStop: { fraction: 0.1, activationFraction: 0 } }],
    ['a reference without an offset', compare({ ref: 'macd.histogram' })],
    ['an empty exit', { exit: {} }],
  ])('takes %s', (...[, parts]) => {
    expect(problemsOf(parts)).toEqual([])
  })

  it('checks the rules of a side that is not traded and leaves them out', () => {
    const both = { entry: { long: RULE, short: RULE }, exit: { short: RULE } }
    const compiled = compileStrategy(strategy(both))
    expect(compiled).toMatchObject({ ok: true, value: { entryShort: null, exitShort: null } })
    expect(compiled.ok && compiled.value.entryLong).not.toBeNull()
    const broken = { entry: { long: RULE, short: { left: 'x', op: '>', right: 1 } } }
    expect(problemsOf(broken)).toEqual([`entry.short.left: expected a number or one of ${NAMES}, was "x"`])
  })

  it('lets a strategy of both directions enter on one side', () => {
    const compiled = compileStrategy(strategy({ direction: 'both' }))
    expect(compiled).toMatchObject({ ok: true, value: { entryShort: null } })
  })

  it('computes equal indicators and comparisons once', () => {
    const again = { left: { ref: 'same', offset: 0 }, op: '>', right: 'macd.signal' }
    const compiled = compileStrategy(
      strategy({
        indicators: {
          ...strategy().indicators,
          same: { type: 'sma', params: { period: 10 }, source: 'close' },
        },
        exit: { long: { any: [RULE, again] } },
      }),
    )
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    expect(compiled.value.indicators).toHaveLength(2)
    expect(compiled.value.comparisons).toHaveLength(1)
  })

  it.each<readonly [string, Rule, number]>([
    ['an operand', { left: 'fast', op: '>', right: 1 }, 9],
    ['an operand some bars back', { left: { ref: 'fast', offset: 3 }, op: '>', right: 1 }, 12],
    ['a cross, which needs the bar before', { left: 'fast', op: 'crosses_above', right: 'close' }, 10],
    ['the later of all', { all: [RULE, { left: 'close', op: '>', right: 1 }] }, 33],
    ['the earlier of any', { any: [RULE, { left: 'fast', op: '>', right: 1 }] }, 9],
    ['not, which is true before there are values', { not: RULE }, 0],
  ])('knows the warm-up of %s', (...[, rule, firstSignalBar]) => {
    expect(compileStrategy(strategy(inEntry(rule)))).toMatchObject({ ok: true, value: { firstSignalBar } })
  })

  it('takes rules of any depth', () => {
    let rule: Rule = RULE
    for (let depth = 0; depth < 100_000; depth++) rule = depth % 2 === 0 ? { not: rule } : { all: [rule] }
    const compiled = compileStrategy(strategy(inEntry(rule)))
    expect(compiled.ok && compiled.value.entryLong?.steps).toHaveLength(50_001)
  })
})
