import { enterEffect, type PaperRow, runScene } from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'
import type { BacktestConfig } from './config.ts'

const HOUR = 3_600_000
const at = (price: number): PaperRow => [price, price, price, price]

/** Hourly bars that open at 100, 101, ...; entered at the open of bar 1, left at the open of bar `exit`. */
const tradeOf = (side: 'long' | 'short', exit: number, config: Partial<BacktestConfig>) =>
  runScene({
    rows: Array.from({ length: 12 }, (_, bar) => at(100 + bar)),
    barMs: HOUR,
    orders: { 0: enterEffect(side, 100), [exit - 1]: { kind: 'exit', reason: 'signal' } },
    config,
  }).trades[0]!

describe('funding', () => {
  const every4h = { fundingRate: 0.001, fundingIntervalMs: 4 * HOUR }

  it('is paid by a long at the open of each bar that a stamp leads to', () => {
    const trade = tradeOf('long', 10, every4h)
    expect(trade.funding).toBeCloseTo(0.104 + 0.108, 12)
    expect(trade.fees).toBe(0)
    expect(trade.pnl).toBeCloseTo(110 - 101 - 0.212, 12)
  })

  it('is received by a short', () => {
    expect(tradeOf('short', 10, every4h).funding).toBeCloseTo(-0.212, 12)
  })

  it('is due at the open that also closes the position, and not at the one that opens it', () => {
    expect(tradeOf('long', 4, every4h).funding).toBeCloseTo(0.104, 12)
    expect(tradeOf('long', 3, { fundingRate: 0.001, fundingIntervalMs: HOUR }).funding).toBeCloseTo(
      0.102 + 0.103,
      12,
    )
  })

  it('counts every stamp between two bars', () => {
    const trade = tradeOf('long', 2, { fundingRate: 0.001, fundingIntervalMs: HOUR / 4 })
    expect(trade.funding).toBeCloseTo(4 * 0.102, 12)
  })

  it('follows historic rates instead of the constant one', () => {
    const fundingRates: [number, number][] = [
      [HOUR, 0.5],
      [2 * HOUR, 0.001],
      [2.5 * HOUR, -0.002],
      [9 * HOUR, 0.01],
    ]
    const trade = tradeOf('long', 5, { ...every4h, fundingRates })
    expect(trade.funding).toBeCloseTo(0.001 * 102 - 0.002 * 103, 12)
  })

  it('takes cash, so equity falls by it', () => {
    const { equity } = runScene({
      rows: [at(100), at(100), at(100), at(100)],
      barMs: HOUR,
      orders: { 0: enterEffect('long', 100) },
      config: { fundingRate: 0.01, fundingIntervalMs: HOUR },
    })
    expect(equity).toEqual([1000, 1000, 999, 998])
  })
})
