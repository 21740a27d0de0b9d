import { describeProblem } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { inputProblems } from '../input/index.ts'
import { strategySchema } from './strategy.ts'

const OPERAND =
  'a number, a name, {"ref": name, "offset": bars} or arithmetic such as {"sub": [operand, operand]}'
const RULE = { left: 'fast', op: 'crosses_above', right: 'slow' }
const STRATEGY = {
  name: 'sma-cross',
  version: 1,
  direction: 'long',
  indicators: {
    fast: { type: 'sma', params: { period: 10 } },
    slow: { type: 'sma', params: { period: 30 }, timeframe: '4h' },
  },
  entry: { long: { all: [RULE] } },
  exit: { long: { any: [{ left: { ref: 'fast', offset: 1 }, op: '<', right: 5 }] } },
  stopLoss: { fraction: 0.04 },
  takeProfit: { fraction: 0.08 },
  trailingStop: { fraction: 0.03, activationFraction: 0.02 },
  entryOrder: { kind: 'stop_limit', stop: { price: { max: ['high', 5] } }, limit: { offsetFraction: 0.01 } },
  scaleIn: [{ fraction: 0.02, size: 2 }],
  scaleOut: [{ fraction: 0.04, share: 0.5 }],
  timeExit: { bars: 48 },
  sizing: { kind: 'equityFraction', value: 1 },
}

const problemsOf = (strategy: unknown): string[] => {
  const parsed = strategySchema.safeParse(strategy)
  return parsed.success ? [] : inputProblems(parsed.error, strategy).map(describeProblem)
}
const entry = (rule: unknown) => ({ ...STRATEGY, entry: { long: rule } })

describe('strategySchema', () => {
  it('keeps a strategy as it was written', () => {
    expect(strategySchema.parse(STRATEGY)).toEqual(STRATEGY)
  })

  it.each<readonly [unknown, readonly string[]]>([
    [null, ['$: expected an object, was null']],
    [{ ...STRATEGY, more: 1 }, ['more: expected no key of this name, was 1']],
    [{ ...STRATEGY, name: undefined }, ['name: expected text, was missing']],
    [{ ...STRATEGY, direction: 'up' }, ['direction: expected "long", "short" or "both", was "up"']],
    [
      { ...STRATEGY, stopLoss: { percent: 4 } },
      [
        'stopLoss.fraction: expected a number, was missing',
        'stopLoss.percent: expected no key of this name, was 4',
      ],
    ],
    [
      { ...STRATEGY, sizing: { kind: 'all', value: 1 } },
      ['sizing.kind: expected "equityFraction", "quote", "units" or "riskFraction", was "all"'],
    ],
    [
      { ...STRATEGY, indicators: { fast: { type: 'sma', param: {} } } },
      ['indicators.fast.param: expected no key of this name, was {}'],
    ],
    [
      { ...STRATEGY, indicators: { fast: { type: 'sma', source: 'hl2' } } },
      ['indicators.fast.source: expected "open", "high", "low", "close" or "volume", was "hl2"'],
    ],
    [
      { ...STRATEGY, entry: { both: RULE } },
      ['entry.both: expected no key of this name, was {"left":"fast","op":"crosses_above","right":"slow"}'],
    ],
    [
      entry([]),
      ['entry.long: expected a rule: {"all": […]}, {"any": […]}, {"not": rule} or a comparison, was []'],
    ],
    [
      entry({ all: RULE }),
      ['entry.long.all: expected a list of rules, was {"left":"fast","op":"crosses_above","right":"slow"}'],
    ],
    [
      entry({ all: [RULE], any: [RULE] }),
      [
        'entry.long.any: expected no key of this name, was [{"left":"fast","op":"crosses_above","right":"slow"}]',
      ],
    ],
    [
      entry({ all: [RULE, { not: { ...RULE, op: '=' } }] }),
      ['entry.long.all[1].not.op: expected one of > < >= <= == != crosses_above crosses_below, was "="'],
    ],
    [
      entry({ any: [{ left: true, op: '>', right: { ref: 'fast', at: 1 } }] }),
      [
        `entry.long.any[0].left: expected ${OPERAND}, was true`,
        'entry.long.any[0].right.at: expected no key of this name, was 1',
      ],
    ],
    [entry({ left: 'fast', op: '>' }), [`entry.long.right: expected ${OPERAND}, was missing`]],
    [
      entry({ ...RULE, right: { ref: 1, offset: '1' } }),
      [
        'entry.long.right.ref: expected a name, was 1',
        'entry.long.right.offset: expected a whole number of bars, 0 or more, was "1"',
      ],
    ],
    [
      entry({ ...RULE, right: JSON.parse('1e999') as unknown }),
      [`entry.long.right: expected ${OPERAND}, was Infinity`],
    ],
    [
      entry({ ...RULE, left: { add: ['fast', { div: [1, { abs: null }] }] } }),
      [`entry.long.left.add[1].div[1].abs: expected ${OPERAND}, was null`],
    ],
    [
      entry({ ...RULE, left: { mul: 'fast' } }),
      ['entry.long.left.mul: expected a list of operands, was "fast"'],
    ],
    [
      entry({ ...RULE, left: { sub: ['fast', 1], offset: 1 } }),
      ['entry.long.left.offset: expected no key of this name, was 1'],
    ],
    [
      entry({ ...RULE, left: { add: [1, 2], sub: [1, 2] } }),
      ['entry.long.left.sub: expected no key of this name, was [1,2]'],
    ],
    [
      { ...STRATEGY, indicators: { fast: { type: 'sma', timeframe: 4 } } },
      ['indicators.fast.timeframe: expected text, was 4'],
    ],
    [
      { ...STRATEGY, entryOrder: { kind: 'market' } },
      ['entryOrder.kind: expected "limit", "stop", "stop_limit" or "oco", was "market"'],
    ],
    [
      { ...STRATEGY, entryOrder: { kind: 'limit', limit: {} } },
      ['entryOrder.limit: expected one of offsetFraction and price, was {}'],
    ],
    [
      { ...STRATEGY, entryOrder: { kind: 'stop', stop: { price: 1, offsetFraction: 0.1 } } },
      ['entryOrder.stop: expected one of offsetFraction and price, was {"price":1,"offsetFraction":0.1}'],
    ],
    [
      { ...STRATEGY, entryOrder: { kind: 'stop', stop: { price: { sub: 1 } }, limit: { price: 1 } } },
      [
        'entryOrder.stop.price.sub: expected a list of operands, was 1',
        'entryOrder.limit: expected no key of this name, was {"price":1}',
      ],
    ],
    [
      { ...STRATEGY, entryOrder: { kind: 'oco', stop: { price: 1 } } },
      ['entryOrder.limit: expected an object, was missing'],
    ],
    [{ ...STRATEGY, scaleIn: [{ fraction: 0.1 }] }, ['scaleIn[0].size: expected a number, was missing']],
    [
      { ...STRATEGY, scaleOut: [{ fraction: 0.1, share: 1, size: 1 }] },
      ['scaleOut[0].size: expected no key of this name, was 1'],
    ],
    [{ ...STRATEGY, timeExit: 5 }, ['timeExit: expected an object, was 5']],
  ])('refuses %j', (...[strategy, problems]) => {
    expect(problemsOf(strategy)).toEqual(problems)
  })

  it.each([
    ['{"a.b":{"type":"obv"}}', 'indicators.a.b: expected a key that is an id of letters'],
    ['{"__proto__":{"type":"obv"}}', 'indicators.__proto__: expected no key of this name'],
    [
      '{"fast":{"type":"sma","params":{"period":5,"__proto__":6}}}',
      'indicators.fast.params.__proto__: expected no key of this name, was 6',
    ],
  ])('refuses ids and parameters that are no names in %s', (json, problem) => {
    const indicators = JSON.parse(json) as unknown
    expect(problemsOf({ ...STRATEGY, indicators }).map((each) => each.slice(0, problem.length))).toContain(
      problem,
    )
  })

  it('stops at twenty faults, however many a rule has', () => {
    const hostile = JSON.parse(`${'{"b":1,"not":'.repeat(50_000)}1${'}'.repeat(50_000)}`) as unknown
    expect(problemsOf(entry(hostile))).toHaveLength(20)
  })

  it('takes arithmetic of any depth', () => {
    const deep = JSON.parse(`${'{"abs":'.repeat(50_000)}"fast"${'}'.repeat(50_000)}`) as unknown
    expect(problemsOf(entry({ ...RULE, left: deep }))).toEqual([])
    expect(problemsOf({ ...STRATEGY, entryOrder: { kind: 'limit', limit: { price: deep } } })).toEqual([])
  })

  it('takes rules of any depth', () => {
    const deep = JSON.parse(
      `${'{"not":'.repeat(50_000)}${JSON.stringify(RULE)}${'}'.repeat(50_000)}`,
    ) as unknown
    expect(problemsOf(entry(deep))).toEqual([])
  })
})
