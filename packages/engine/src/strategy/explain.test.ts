import { gappyCandles, strategyArbitrary } from '@botcriptofy/testkit/strategies'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateCandles, type Candles } from '../market/index.ts'
import { compileStrategy } from './compile.ts'
import { type Action, actionOf, explainSignal } from './explain.ts'
import type { ExplainedNode } from './explain-rule.ts'
import { operandText } from './operand-text.ts'
import type { Program } from './program.ts'
import { createSeriesColumns } from './series-columns.ts'
import { ENTRY_LONG, ENTRY_SHORT, evaluateSignals, EXIT_LONG, EXIT_SHORT } from './signals.ts'
import type { Operand, Rule, Strategy } from './strategy.ts'

const candlesOf = (close: readonly number[]): Candles => {
  const candles = allocateCandles(close.length, { shared: false })
  close.forEach((value, bar) => {
    candles.time[bar] = bar * 60_000
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) candles[field][bar] = value
  })
  return candles
}

const programOf = (strategy: Strategy): Program => {
  const compiled = compileStrategy(strategy)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

const longOnly = (long: Rule, exit?: Rule): Program =>
  programOf({
    name: 'test',
    version: 1,
    direction: 'long',
    indicators: { mean: { type: 'sma', params: { period: 2 } } },
    entry: { long },
    ...(exit === undefined ? {} : { exit: { long: exit } }),
    sizing: { kind: 'units', value: 1 },
  })

const SERIES = createSeriesColumns(candlesOf([4, 2, 6, 8]))
const CROSS: Rule = { left: 'close', op: 'crosses_above', right: 'mean' }
const HIGH: Rule = { left: 'close', op: '>', right: 7 }
const LOW: Rule = { left: 'close', op: '<', right: 5 }

/** `all+! > close+!`: + for what holds, ! for what decides. */
const shapeOf = (nodes: readonly ExplainedNode[]): string =>
  nodes
    .map((node) => {
      const name =
        node.kind === 'comparison' ? `${node.comparison.left.text}${node.comparison.op}` : node.kind
      return `${'>'.repeat(node.depth)}${name}${node.holds ? '+' : '-'}${node.decides ? '!' : ''}`
    })
    .join(' ')

describe('explainSignal', () => {
  it('names the comparison that fired with its values, and those of the bar before for a cross', () => {
    const cross = {
      left: { text: 'close', value: 6, before: 2 },
      op: 'crosses_above',
      right: { text: 'mean', value: 4, before: 3 },
      holds: true,
    }
    expect(explainSignal(longOnly(CROSS), SERIES, 2)).toEqual({
      bar: 2,
      time: 120_000,
      action: 'BUY',
      rules: [
        {
          rule: 'entry.long',
          holds: true,
          nodes: [{ kind: 'comparison', depth: 0, holds: true, decides: true, comparison: cross }],
        },
      ],
      decidedBy: [cross],
    })
  })

  it('shows undefined values as null', () => {
    const { action, decidedBy } = explainSignal(longOnly(CROSS), SERIES, 0)
    expect(action).toBe('HOLD')
    expect(decidedBy[0]).toEqual({
      left: { text: 'close', value: 4, before: null },
      op: 'crosses_above',
      right: { text: 'mean', value: null, before: null },
      holds: false,
    })
  })

  it.each<readonly [Rule, number, string]>([
    [{ all: [HIGH, LOW] }, 2, 'all-! >close>-! >close<-!'],
    [{ all: [HIGH, CROSS] }, 2, 'all-! >close>-! >closecrosses_above+'],
    [{ all: [HIGH, { left: 'open', op: '>', right: 1 }] }, 3, 'all+! >close>+! >open>+!'],
    [{ any: [HIGH, CROSS] }, 2, 'any+! >close>- >closecrosses_above+!'],
    [{ any: [HIGH, LOW] }, 2, 'any-! >close>-! >close<-!'],
    [{ not: { any: [HIGH, LOW] } }, 2, 'not+! >any-! >>close>-! >>close<-!'],
    [
      { all: [{ not: HIGH }, { any: [LOW, CROSS] }] },
      3,
      'all-! >not-! >>close>+! >any-! >>close<-! >>closecrosses_above-!',
    ],
    [{ all: [LOW, { any: [CROSS, HIGH] }] }, 2, 'all-! >close<-! >any+ >>closecrosses_above+ >>close>-'],
  ])('tells of %j at bar %d what holds and what decides', (...[rule, bar, shape]) => {
    expect(shapeOf(explainSignal(longOnly(rule), SERIES, bar).rules[0]?.nodes ?? [])).toBe(shape)
  })

  it('explains a sale by the exit, and a rest by the entry', () => {
    const program = longOnly(HIGH, LOW)
    expect(explainSignal(program, SERIES, 1)).toMatchObject({ action: 'SELL', decidedBy: [{ op: '<' }] })
    expect(explainSignal(program, SERIES, 2)).toMatchObject({ action: 'HOLD', decidedBy: [{ op: '>' }] })
  })

  it('explains rules of any depth in JSON', () => {
    let rule: Rule = HIGH
    for (let depth = 0; depth < 50_000; depth++) rule = depth % 2 === 0 ? { not: rule } : { any: [rule] }
    const explanation = explainSignal(longOnly(rule), SERIES, 3)
    expect(explanation.rules[0]?.nodes).toHaveLength(50_001)
    expect(explanation.decidedBy).toHaveLength(1)
    const text = JSON.stringify(explanation)
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
  })

  it('has the bits of evaluateSignals, whatever the strategy', () => {
    const bitOf = {
      'entry.long': ENTRY_LONG,
      'entry.short': ENTRY_SHORT,
      'exit.long': EXIT_LONG,
      'exit.short': EXIT_SHORT,
    }
    fc.assert(
      fc.property(fc.nat(), strategyArbitrary({ timeframes: ['4h'] }), (seed, strategy) => {
        const program = programOf(strategy)
        const series = createSeriesColumns(gappyCandles({ seed, bars: 25, barMs: 3_600_000 }))
        const { bytes } = evaluateSignals(program, series)
        const explained = Array.from({ length: series.bars }, (_, bar) => {
          const { rules, action, decidedBy } = explainSignal(program, series, bar)
          const bits = rules.reduce((sum, { rule, holds }) => sum | (holds ? bitOf[rule] : 0), 0)
          return decidedBy.length > 0 && action === actionOf(bits) ? bits : -1
        })
        expect(explained.join()).toBe(bytes.subarray(0, series.bars).join())
      }),
      { seed: 41, numRuns: 60 },
    )
  })
})

describe('actionOf', () => {
  it.each<readonly [number, Action]>([
    [0, 'HOLD'],
    [ENTRY_LONG, 'BUY'],
    [EXIT_SHORT, 'BUY'],
    [ENTRY_SHORT, 'SELL'],
    [EXIT_LONG, 'SELL'],
    [ENTRY_SHORT | EXIT_LONG, 'SELL'],
    [ENTRY_LONG | EXIT_SHORT, 'BUY'],
    [ENTRY_LONG | ENTRY_SHORT, 'HOLD'],
    [ENTRY_LONG | EXIT_LONG, 'HOLD'],
  ])('reads %d as %s', (...[bits, action]) => {
    expect(actionOf(bits)).toBe(action)
  })
})

describe('operandText', () => {
  it.each<readonly [Operand, string]>([
    [1.5, '1.5'],
    ['macd.signal', 'macd.signal'],
    [{ ref: 'close', offset: 2 }, 'close[2]'],
    [{ ref: 'close' }, 'close'],
    [{ div: [{ add: ['high', 'low'] }, 2] }, '(high + low) / 2'],
    [
      { max: ['open', { mul: ['close', 1.1, 2] }, { abs: [{ sub: [1, 'low'] }] }] },
      'max(open, close * 1.1 * 2, abs(1 - low))',
    ],
  ])('writes %j as %s', (...[operand, text]) => {
    expect(operandText(operand)).toBe(text)
  })

  it('cuts what nobody reads to its end', () => {
    let operand: Operand = 'close'
    for (let depth = 0; depth < 100_000; depth++) operand = { add: [1, operand] }
    expect(operandText(operand)).toMatch(/^1 \+ \(1 \+ .{180,200}…$/)
  })
})
