import { describe, expect, it } from 'vitest'
import { describeProblem } from '../kernel/index.ts'
import { orderProblems } from './order-limits.ts'
import type { Strategy } from './strategy.ts'

const problemsOf = (parts: Partial<Strategy>): string[] =>
  orderProblems({
    name: 'test',
    version: 1,
    direction: 'long',
    indicators: {},
    entry: { long: { left: 'close', op: '>', right: 0 } },
    sizing: { kind: 'units', value: 1 },
    ...parts,
  }).map(describeProblem)

const limit = (offsetFraction: number, expireBars?: number): Partial<Strategy> => ({
  entryOrder: { kind: 'limit', limit: { offsetFraction }, expireBars },
})
const scaleOut = (...steps: readonly (readonly [number, number])[]): Partial<Strategy> => ({
  scaleOut: steps.map(([fraction, share]) => ({ fraction, share })),
})
const scaleIn = (...steps: readonly (readonly [number, number])[]): Partial<Strategy> => ({
  scaleIn: steps.map(([fraction, size]) => ({ fraction, size })),
})
const WHOLE = 'expected a whole number of bars, 1 or more'

describe('orderProblems', () => {
  it.each<readonly [string, Partial<Strategy>, readonly string[]]>([
    ['an order at the close', limit(0), []],
    [
      'a negative distance',
      limit(-0.1),
      ['limit.offsetFraction: expected a number from 0 and below 1, was -0.1'],
    ],
    [
      'a distance of everything',
      limit(1),
      ['limit.offsetFraction: expected a number from 0 and below 1, was 1'],
    ],
    ['an order of one bar', limit(0.1, 1), []],
    ['an order of no bar', limit(0.1, 0), [`expireBars: ${WHOLE}, was 0`]],
    ['an order of half a bar', limit(0.1, 1.5), [`expireBars: ${WHOLE}, was 1.5`]],
    [
      'both prices of a pair',
      { entryOrder: { kind: 'oco', stop: { offsetFraction: 2 }, limit: { offsetFraction: 3 } } },
      [
        'stop.offsetFraction: expected a number from 0 and below 1, was 2',
        'limit.offsetFraction: expected a number from 0 and below 1, was 3',
      ],
    ],
    [
      'a price, whose operand is resolved elsewhere',
      { entryOrder: { kind: 'stop', stop: { price: -1 } } },
      [],
    ],
  ])('judges %s', (...[, parts, problems]) => {
    expect(problemsOf(parts)).toEqual(problems.map((problem) => `entryOrder.${problem}`))
  })

  it.each<readonly [string, Partial<Strategy>, readonly string[]]>([
    ['steps that go on', scaleIn([0.1, 1], [0.2, 2.5]), []],
    [
      'a step at the entry',
      scaleIn([0, 1]),
      ['scaleIn[0].fraction: expected a number above 0 and below 1, was 0'],
    ],
    [
      'two steps at one price',
      scaleIn([0.1, 1], [0.1, 1]),
      ['scaleIn[1].fraction: expected a number above 0.1 and below 1, was 0.1'],
    ],
    [
      'a step at zero',
      scaleIn([1, 1]),
      ['scaleIn[0].fraction: expected a number above 0 and below 1, was 1'],
    ],
    ['nothing bought', scaleIn([0.1, 0]), ['scaleIn[0].size: expected a number above 0, was 0']],
    [
      'too many steps',
      scaleIn(...Array.from({ length: 21 }, (_, i) => [(i + 1) / 100, 1] as const)),
      ['scaleIn: expected at most 20 steps, was 21'],
    ],
    ['targets beyond a doubling', scaleOut([0.5, 0.5], [3, 0.5]), []],
    [
      'targets of a short beyond zero',
      { direction: 'short', ...scaleOut([1, 0.5]) },
      ['scaleOut[0].fraction: expected a number above 0 and below 1, was 1'],
    ],
    [
      'targets of both sides beyond zero',
      { direction: 'both', ...scaleOut([2, 0.5]) },
      ['scaleOut[0].fraction: expected a number above 0 and below 1, was 2'],
    ],
    [
      'targets in the wrong order',
      scaleOut([0.2, 0.5], [0.1, 0.2]),
      ['scaleOut[1].fraction: expected a number above 0.2, was 0.1'],
    ],
    [
      'a share of nothing',
      scaleOut([0.2, 0]),
      ['scaleOut[0].share: expected a number above 0 and at most 1, was 0'],
    ],
    [
      'more than everything',
      scaleOut([0.2, 0.75], [0.3, 0.5]),
      ['scaleOut: expected shares of at most 1 in all, was 1.25'],
    ],
    ['shares that add up to a rounding error above 1', scaleOut([0.1, 0.33], [0.2, 0.56], [0.3, 0.11]), []],
    ['one bar', { timeExit: { bars: 1 } }, []],
    ['no bar', { timeExit: { bars: 0 } }, [`timeExit.bars: ${WHOLE}, was 0`]],
    ['half a bar', { timeExit: { bars: 1.5 } }, [`timeExit.bars: ${WHOLE}, was 1.5`]],
  ])('judges %s', (...[, parts, problems]) => {
    expect(problemsOf(parts)).toEqual(problems)
  })
})
