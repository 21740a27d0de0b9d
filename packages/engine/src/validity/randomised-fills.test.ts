import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FilledTrade, randomisedFills, type RandomisedFillsInput } from './randomised-fills.ts'

/** One unit from 100 to 110, a tenth of a percent of fee at each end. */
const LONG: FilledTrade = {
  side: 'long',
  entryIndex: 1,
  entryPrice: 100,
  exitIndex: 3,
  exitPrice: 110,
  quantity: 1,
  fees: 0.21,
  pnl: 9.79,
}
const SHORT: FilledTrade = { ...LONG, side: 'short', entryIndex: 4, exitIndex: 5, pnl: -10.21 }

const run = (change: Partial<RandomisedFillsInput>) => {
  const result = randomisedFills({
    trades: [LONG, SHORT],
    startEquity: 1000,
    effect: 'additive',
    noise: { kind: 'slippage', upTo: 0.01 },
    runs: 4000,
    seed: 5,
    ...change,
  })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

const barsAt = (...prices: number[]) => ({ high: Float64Array.from(prices), low: Float64Array.from(prices) })

describe('randomisedFills', () => {
  it('fills at the one price of a bar that has no range, and fees follow the price', () => {
    // Long 101 to 105, short 108 to 102, fee 0.1 % of each: 4 - 0.206 + 6 - 0.21.
    const noise = { kind: 'range', candles: barsAt(0, 101, 0, 105, 108, 102) } as const
    const { finalEquity, observed } = run({ noise, runs: 3 })
    expect(finalEquity.p5).toBeCloseTo(1009.584, 9)
    expect(finalEquity.p95).toBeCloseTo(1009.584, 9)
    expect(observed.finalEquity).toBeCloseTo(1000 + 9.79 - 10.21, 12)
  })

  it('draws uniformly from the range of the bar', () => {
    const candles = { low: Float64Array.of(0, 90, 0, 110), high: Float64Array.of(0, 110, 0, 110) }
    const trades = [
      { ...LONG, fees: 0, pnl: 10 },
      { ...LONG, fees: 0, pnl: 10 },
    ]
    const { finalEquity } = run({ trades, noise: { kind: 'range', candles }, runs: 20_000 })
    // Each trade makes 0 to 20; the sum of two has a triangle's percentiles.
    expect(finalEquity.p50).toBeCloseTo(1020, 0)
    expect(finalEquity.p5 - 1000).toBeCloseTo(Math.sqrt(2 * 0.05) * 20, 0)
    expect(finalEquity.p95 - 1000).toBeCloseTo(40 - Math.sqrt(2 * 0.05) * 20, 0)
  })

  it('only ever takes from the profit by slippage, on average half of the most', () => {
    const { finalEquity, observed } = run({})
    const half = 0.005 * (2 * (100 + 110)) + 0.001 * 0.005 * (100 - 110 - 100 + 110)
    expect(finalEquity.p50).toBeCloseTo(observed.finalEquity - half, 0)
    expect(finalEquity.p95).toBeLessThan(observed.finalEquity)
    expect(finalEquity.p5).toBeGreaterThan(observed.finalEquity - 2 * half)
  })

  it('moves every fill of a trade that has more than two', () => {
    const fills = [
      { leg: 'entry' as const, index: 0, price: 90, quantity: 1, fee: 0.09 },
      { leg: 'entry' as const, index: 1, price: 110, quantity: 1, fee: 0.11 },
      { leg: 'exit' as const, index: 2, price: 120, quantity: 2, fee: 0.24 },
    ]
    const trade = { ...LONG, quantity: 2, fees: 0.44, pnl: 39.56, exitIndex: 2, fills }
    const noise = { kind: 'range', candles: barsAt(100, 105, 125) } as const
    const { finalEquity } = run({ trades: [trade, trade], noise, runs: 2 })
    expect(finalEquity.p50).toBeCloseTo(1000 + 2 * (250 - 205 - 0.1 - 0.105 - 0.25), 9)
  })

  it('compounds over the equity that each trade had', () => {
    const noise = { kind: 'range', candles: barsAt(0, 101, 0, 105, 108, 102) } as const
    const { finalEquity } = run({ noise, runs: 2, effect: 'compounded' })
    const expected = 1000 * (1 + 3.794 / 1000) * (1 + 5.79 / 1009.79)
    expect(finalEquity.p50).toBeCloseTo(expected, 9)
  })

  it('leaves longs and shorts alike worse off, whatever the trades', () => {
    const price = fc.double({ min: 1, max: 1000, noNaN: true })
    const trade = fc
      .record({
        entryPrice: price,
        exitPrice: price,
        side: fc.constantFrom('long' as const, 'short' as const),
      })
      .map((row): FilledTrade => {
        const gain = (row.exitPrice - row.entryPrice) * (row.side === 'long' ? 1 : -1)
        const fees = 0.001 * (row.entryPrice + row.exitPrice)
        return { ...LONG, ...row, fees, pnl: gain - fees }
      })
    fc.assert(
      fc.property(fc.array(trade, { minLength: 2, maxLength: 10 }), fc.integer(), (trades, seed) => {
        const { finalEquity, observed } = run({ trades, seed, startEquity: 1e6, runs: 20 })
        expect(finalEquity.p95).toBeLessThanOrEqual(observed.finalEquity + 1e-6)
      }),
      { seed: 4, numRuns: 100 },
    )
  })

  it.each<[Partial<RandomisedFillsInput>, object]>([
    [
      { noise: { kind: 'slippage', upTo: 0 } },
      { path: 'noise.upTo', expected: 'a fraction between 0 and 1', actual: '0' },
    ],
    [
      { noise: { kind: 'range', candles: barsAt(1, 2, 3) } },
      { path: 'trades[0]', expected: 'fills in the 3 bars of the candles', actual: 'one in bar 3' },
    ],
    [
      { trades: [LONG, { ...SHORT, exitPrice: 0 }] },
      { path: 'trades[1]', expected: 'fills at prices above 0', actual: '0' },
    ],
    [{ trades: [LONG] }, { path: 'steps', expected: '2 or more', actual: '1' }],
    [
      { trades: [{ ...LONG, pnl: -1000 }, LONG] },
      { path: 'trades[1]', expected: 'equity above 0 before the trade', actual: '0' },
    ],
  ])('refuses %j', (change, problem) => {
    const input = { trades: [LONG, SHORT], startEquity: 1000, effect: 'additive', runs: 5, seed: 1 } as const
    const noise = { kind: 'slippage', upTo: 0.01 } as const
    expect(randomisedFills({ ...input, noise, ...change })).toEqual({ ok: false, error: [problem] })
  })
})
