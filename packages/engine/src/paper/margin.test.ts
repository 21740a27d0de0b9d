import { describePaperTrade, enterEffect, type PaperRow, runScene } from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'
import type { BacktestConfig } from './config.ts'
import { liquidationPrice } from './margin.ts'
import { DEFAULT_BACKTEST_CONFIG } from './config.ts'

const QUIET: PaperRow = [100, 100, 100, 100]
const all = { sizing: { kind: 'equityFraction' as const, value: 1 } }
const TEN: Partial<BacktestConfig> = { leverage: 10, maintenanceMarginRate: 0.005, quantityStep: 0.001 }

describe('an isolated position', () => {
  it.each<readonly [side: 1 | -1, leverage: number, price: number | null]>([
    [1, 10, 90 / 0.995],
    [-1, 10, 110.00000000000001 / 1.005],
    [1, 2, 50 / 0.995],
    [1, 1, null],
    [-1, 1, 200 / 1.005],
  ])('on side %d with leverage %d is liquidated at %d', (side, leverage, price) => {
    const config = { ...DEFAULT_BACKTEST_CONFIG, leverage, maintenanceMarginRate: 0.005 }
    expect(liquidationPrice(config, { side, entryPrice: 100, quantity: 1 })).toBe(price)
  })

  it('has none in a spot account', () => {
    expect(liquidationPrice(DEFAULT_BACKTEST_CONFIG, { side: 1, entryPrice: 100, quantity: 1 })).toBeNull()
  })

  it('is sized to leverage times the cash, less the fee on the notional', () => {
    const { account } = runScene({
      rows: [QUIET, QUIET, QUIET],
      orders: { 0: enterEffect('long', 100, all) },
      config: { ...TEN, feeRate: 0.001, endOfData: 'leave_open' },
    })
    // 1000 * 10 / (1 + 10 * 0.001) = 9900.99 of notional; margin 990.1 and fee 9.9.
    expect(account.position!.quantity).toBe(99.009)
    expect(account.cash).toBeCloseTo(1000 - 9900.9 - 9.9009, 9)
  })

  it.each([
    ['a long', 'long' as const],
    ['a short', 'short' as const],
  ])('with leverage 1 buys what a spot account buys: %s', (_title, side) => {
    const config = { feeRate: 0.00123, slippageRate: 0.0007 }
    const rows: PaperRow[] = [QUIET, [101.3, 103, 99, 102], [102, 104, 98.7, 99.1], [99.1, 101, 97, 98.3]]
    const orders = { 0: enterEffect(side, 100, all) }
    const spot = runScene({ rows, orders, config })
    expect(spot.trades).toHaveLength(1)
    expect(runScene({ rows, orders, config: { ...config, leverage: 1 } })).toEqual({
      ...spot,
      account: expect.objectContaining({ cash: spot.account.cash }),
    })
  })

  it('is refused when margin and fee are more than the cash', () => {
    const units = (value: number) => ({ 0: enterEffect('long', 100, { sizing: { kind: 'units', value } }) })
    const denied = (value: number) =>
      runScene({ rows: [QUIET, QUIET, QUIET], orders: units(value), config: { ...TEN, feeRate: 0.001 } })
        .account.denied.INSUFFICIENT_CASH
    expect([denied(99), denied(99.1)]).toEqual([0, 1])
  })

  it('loses by liquidation at most its margin, at its price and without slippage', () => {
    const run = runScene({
      rows: [QUIET, QUIET, [95, 96, 88, 95], QUIET],
      orders: { 0: enterEffect('long', 100, { sizing: { kind: 'units', value: 50 } }) },
      protection: { stopLoss: { fraction: 0.2 } },
      config: { ...TEN, feeRate: 0.001, slippageRate: 0.0005 },
    })
    const [trade] = run.trades
    const entry = 100.05
    const price = (entry * 0.9) / 0.995
    expect(describePaperTrade(trade!)).toBe('L 1@100.05 > 2@90.497487437 x50 liquidation')
    expect(trade!.pnl).toBeCloseTo(50 * (price - entry) - 0.05 * entry - 0.05 * price, 9)
    // Trading goes on with what is left.
    expect(run.account.cash).toBeCloseTo(1000 + trade!.pnl, 9)
    expect(run.account.blownAtBar).toBeNull()
  })

  it('fills a gap beyond the liquidation price at the open, and no worse than where the margin is gone', () => {
    const trade = (open: number) =>
      runScene({
        rows: [QUIET, QUIET, [open, open, open, open], QUIET],
        orders: { 0: enterEffect('long', 100, { sizing: { kind: 'units', value: 50 } }) },
        protection: { stopLoss: { fraction: 0.05 } },
        config: { ...TEN, feeRate: 0.001 },
      }).trades[0]!
    expect(describePaperTrade(trade(90.25))).toBe('L 1@100 > 2@90.25 x50 liquidation gap')
    expect(trade(90.25).fees).toBeCloseTo(5 + 4.5125, 9)
    expect(describePaperTrade(trade(70))).toBe('L 1@100 > 2@90 x50 liquidation gap')
    // The entry fee was paid beside the margin of 500; nothing of it is left for the exit fee.
    expect(trade(70).fees).toBe(5)
    expect(trade(70).pnl).toBe(-505)
  })

  it('is stopped before it is liquidated where the stop is nearer, and liquidated at one level', () => {
    const reason = (fraction: number, config: Partial<BacktestConfig>) =>
      runScene({
        rows: [QUIET, QUIET, [99, 99, 85, 90], QUIET],
        orders: { 0: enterEffect('long', 100, { sizing: { kind: 'units', value: 50 } }) },
        protection: { stopLoss: { fraction } },
        config: { ...TEN, ...config },
      }).trades[0]!.reason
    expect(reason(0.05, {})).toBe('stop_loss')
    expect(reason(0.2, {})).toBe('liquidation')
    expect(reason(0.1, { maintenanceMarginRate: 0 })).toBe('liquidation')
  })

  it('moves its liquidation price with the mean entry price', () => {
    const { account } = runScene({
      rows: [QUIET, QUIET, [96, 97, 94.5, 96], QUIET],
      orders: { 0: enterEffect('long', 100, { sizing: { kind: 'units', value: 10 } }) },
      protection: { scaleIn: [{ fraction: 0.05, size: 1 }] },
      config: { ...TEN, endOfData: 'leave_open' },
    })
    expect(account.position).toMatchObject({ entryPrice: 97.5, liquidation: 87.75 / 0.995 })
  })

  it('of a short is liquidated above', () => {
    const run = runScene({
      rows: [QUIET, QUIET, [105, 112, 104, 106], QUIET],
      orders: { 0: enterEffect('short', 100, { sizing: { kind: 'units', value: 50 } }) },
      config: TEN,
    })
    expect(run.trades.map(describePaperTrade)).toEqual(['S 1@100 > 2@109.452736318 x50 liquidation'])
  })

  it('ignores the volume cap when it is liquidated', () => {
    const run = runScene({
      rows: [QUIET, [100, 100, 100, 100, 1000], [99, 99, 85, 90, 0], QUIET],
      orders: { 0: enterEffect('long', 100, { sizing: { kind: 'units', value: 50 } }) },
      config: { ...TEN, participation: 0.1 },
    })
    expect(run.trades.map(({ reason }) => reason)).toEqual(['liquidation'])
  })
})
