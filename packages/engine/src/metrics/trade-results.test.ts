import { describe, expect, it } from 'vitest'
import { tradeLogOf } from '@botcriptofy/testkit/trades'
import { tradeResults } from './trade-results.ts'

const resultsOf = (...pnl: number[]) => tradeResults(tradeLogOf(pnl.map((value) => ({ pnl: value }))))

describe('tradeResults', () => {
  it('counts wins, losses and break-evens apart', () => {
    expect(resultsOf(10, -5, 0, 20)).toMatchObject({
      trades: 4,
      wins: 2,
      losses: 1,
      breakeven: 1,
      winRate: 0.5,
    })
  })

  it('divides money won by money lost, and returns won by returns lost', () => {
    const results = tradeResults(
      tradeLogOf([
        { pnl: 30, returnFraction: 0.1 },
        { pnl: -10, returnFraction: -0.2 },
      ]),
    )
    expect(results.profitFactor).toBe(3)
    expect(results.profitFactorPct).toBe(0.5)
  })

  it('derives payoff, expectancy, its ratio and Kelly from means', () => {
    const results = resultsOf(30, 10, -10, 0)
    expect(results.payoffRatio).toBe(2)
    expect(results.expectancy).toBe(7.5)
    expect(results.expectancyPct).toBeCloseTo(0.075, 15)
    expect(results.expectancyRatio).toBe(0.5)
    expect(results.kelly).toBe(0.25)
  })

  it('scores the system by its mean over its sample deviation', () => {
    // Mean 2, deviations -1, 0, 1: sample deviation 1.
    expect(resultsOf(1, 2, 3).sqn).toBeCloseTo(Math.sqrt(3) * 2, 14)
  })

  it('ends both streaks at a break-even trade', () => {
    const results = resultsOf(1, 1, 0, 1, -1, -1, -1, 0, -1, 1)
    expect([results.maxConsecutiveWins, results.maxConsecutiveLosses]).toEqual([2, 3])
  })

  it.each([
    ['without trades', [], { winRate: 'NO_TRADES', profitFactor: 'NO_TRADES', payoffRatio: 'NO_TRADES' }],
    ['without trades', [], { expectancy: 'NO_TRADES', expectancyPct: 'NO_TRADES', sqn: 'NO_TRADES' }],
    ['without trades', [], { kelly: 'NO_TRADES', expectancyRatio: 'NO_TRADES', maxConsecutiveWins: 0 }],
    ['without losses', [1, 2], { profitFactor: 'NO_LOSSES', profitFactorPct: 'NO_LOSSES', winRate: 1 }],
    [
      'without losses',
      [1, 2],
      { payoffRatio: 'NO_LOSSES', kelly: 'NO_LOSSES', expectancyRatio: 'NO_LOSSES' },
    ],
    [
      'without wins',
      [-1, -2],
      { payoffRatio: 'NO_WINS', kelly: 'NO_WINS', profitFactor: 0, expectancyRatio: -1 },
    ],
    ['with break-evens only', [0, 0], { profitFactor: 'NO_LOSSES', payoffRatio: 'NO_LOSSES', winRate: 0 }],
    ['with one trade', [5], { sqn: 'TOO_FEW_TRADES' }],
    ['with equal trades', [-0.1, -0.1, -0.1], { sqn: 'ZERO_VARIANCE' }],
  ])('%s %j gives %j', (_, pnl, expected) => {
    expect(resultsOf(...pnl)).toMatchObject(expected)
  })

  it('reads only the first `length` rows', () => {
    const log = tradeLogOf([{ pnl: 1 }, { pnl: -100 }])
    expect(tradeResults({ ...log, length: 1 })).toMatchObject({ trades: 1, losses: 0 })
  })
})
