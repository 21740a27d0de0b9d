import { tradeLogOf } from '@botcriptofy/testkit/trades'
import { describe, expect, it } from 'vitest'
import { exposureTime, tradedNotional } from './exposure.ts'
import { tradeShape } from './trade-shape.ts'

// A missing bar between index 2 and 3: durations are time, not bars.
const TIME = Float64Array.of(0, 10, 20, 50, 60, 70, 80, 90, 100)

describe('tradeShape', () => {
  it('measures durations between the opens of entry and exit bar', () => {
    const log = tradeLogOf([
      { entryIndex: 0, exitIndex: 1 },
      { entryIndex: 2, exitIndex: 3 },
      { entryIndex: 3, exitIndex: 5 },
      { entryIndex: 5, exitIndex: 5 },
    ])
    expect(tradeShape(log, TIME)).toMatchObject({
      avgTradeDurationMs: 15,
      medianTradeDurationMs: 15,
      maxTradeDurationMs: 30,
    })
  })

  it('gives the best, the worst and the geometric mean return', () => {
    const log = tradeLogOf([{ returnFraction: 0.5 }, { returnFraction: -0.5 }, { returnFraction: 0.25 }])
    const shape = tradeShape(log, TIME)
    expect([shape.bestTradePct, shape.worstTradePct]).toEqual([0.5, -0.5])
    expect(shape.avgTradePct).toBeCloseTo((1.5 * 0.5 * 1.25) ** (1 / 3) - 1, 14)
  })

  it('has no geometric mean when a trade lost its whole notional', () => {
    expect(tradeShape(tradeLogOf([{ returnFraction: -1 }]), TIME).avgTradePct).toBe('TOTAL_LOSS_TRADE')
    expect(tradeShape(tradeLogOf([{ returnFraction: -1.5 }]), TIME).avgTradePct).toBe('TOTAL_LOSS_TRADE')
  })

  it('averages excursions and sums costs', () => {
    const log = tradeLogOf([
      { mae: -0.02, mfe: 0.04, fees: 1, slippageCost: 0.5 },
      { mae: -0.04, mfe: 0, fees: 2, slippageCost: 0.25 },
    ])
    const shape = tradeShape(log, TIME)
    expect(shape.avgMae).toBeCloseTo(-0.03, 15)
    expect(shape).toMatchObject({ avgMfe: 0.02, fees: 3, slippageCost: 0.75 })
  })

  it('without trades has no shape, but no costs either', () => {
    const { fees, slippageCost, ...undefinedOnes } = tradeShape(tradeLogOf([]), TIME)
    expect([fees, slippageCost]).toEqual([0, 0])
    expect(new Set(Object.values(undefinedOnes))).toEqual(new Set(['NO_TRADES']))
  })
})

describe('exposureTime', () => {
  const exposure = (
    rows: readonly (readonly [number, number])[],
    from = 0,
    openEntryIndex: number | null = null,
  ) =>
    exposureTime({
      trades: tradeLogOf(rows.map(([entryIndex, exitIndex]) => ({ entryIndex, exitIndex }))),
      time: TIME,
      from,
      openEntryIndex,
    })

  it.each([
    ['nothing', [], 0],
    [
      'two trades apart',
      [
        [0, 1],
        [3, 5],
      ],
      0.3,
    ],
    ['a trade over a gap', [[1, 3]], 0.4],
    ['the whole period', [[0, 8]], 1],
    [
      'overlapping trades once',
      [
        [0, 2],
        [1, 3],
        [1, 4],
      ],
      0.6,
    ],
    [
      'a trade inside another once',
      [
        [4, 5],
        [3, 7],
      ],
      0.4,
    ],
  ] as const)('covers %s', (_, rows, expected) => {
    expect(exposure(rows)).toBeCloseTo(expected, 15)
  })

  it('counts a position that is still open', () => {
    expect(exposure([[0, 1]], 0, 6)).toBeCloseTo(0.3, 15)
  })

  it('starts with the first tradable bar', () => {
    expect(exposure([[4, 8]], 3)).toBeCloseTo(0.8, 15)
  })

  it('is undefined without tested time', () => {
    expect(exposure([], 8)).toBe('TOO_FEW_DAYS')
    expect(exposure([], 9)).toBe('NO_BARS')
  })
})

describe('tradedNotional', () => {
  it('adds what was bought and what was sold', () => {
    const log = tradeLogOf([
      { quantity: 2, entryPrice: 100, exitPrice: 110 },
      { quantity: 1, entryPrice: 50, exitPrice: 40, side: 'short' },
    ])
    expect(tradedNotional(log)).toBe(510)
  })
})
