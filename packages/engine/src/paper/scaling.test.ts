import {
  describeEvents,
  describePaperTrade,
  enterEffect,
  type PaperRow,
  runScene,
  type Scene,
} from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'

const QUIET: PaperRow = [100, 100, 100, 100]
const two = enterEffect('long', 100, { sizing: { kind: 'units', value: 2 } })
const twoShort = enterEffect('short', 100, { sizing: { kind: 'units', value: 2 } })

const run = (scene: Omit<Scene, 'orders'> & { orders?: Scene['orders'] }) =>
  runScene({ orders: { 0: two }, ...scene })
const events = (scene: Parameters<typeof run>[0]) =>
  describeEvents(run({ ...scene, config: { endOfData: 'leave_open', ...scene.config } }))

describe('scaling in', () => {
  const scaleIn = [
    { fraction: 0.05, size: 1 },
    { fraction: 0.1, size: 2 },
  ]

  it('adds multiples of the first quantity at limits below the first fill', () => {
    expect(events({ rows: [QUIET, QUIET, [96, 97, 89, 91]], protection: { scaleIn } })).toEqual([
      '1 entry 2@100 held 2',
      '2 entry 2@95 held 4',
      '2 entry 4@90 held 8',
    ])
  })

  it('measures stop and target again from the mean, and trailing not', () => {
    const protection = {
      scaleIn: [{ fraction: 0.1, size: 1 }],
      stopLoss: { fraction: 0.2 },
      takeProfit: { fraction: 0.1 },
      trailingStop: { fraction: 0.3 },
    }
    const { account } = run({
      rows: [QUIET, QUIET, [95, 96, 89, 92], [92, 93, 91, 92]],
      protection,
      config: { endOfData: 'leave_open' },
    })
    const { entryPrice, stop, target, trail, anchor } = account.position!
    expect([entryPrice, stop, target, trail, anchor]).toEqual([95, 76, 104.50000000000001, 70, 100])
  })

  it('makes one trade at the mean of its entries', () => {
    const protection = { scaleIn: [{ fraction: 0.1, size: 1 }], takeProfit: { fraction: 0.1 } }
    const { trades } = run({
      rows: [QUIET, QUIET, [95, 96, 89, 92], [100, 106, 99, 104]],
      protection,
      config: { feeRate: 0.001 },
    })
    expect(trades.map(describePaperTrade)).toEqual(['L 1@95 > 3@104.5 x4 take_profit'])
    const [trade] = trades
    // (104.5 - 95) * 4 less 0.1 % of 200, 180 and 418.
    expect(trade!.fees).toBeCloseTo(0.798, 12)
    expect(trade!.pnl).toBeCloseTo(38 - 0.798, 12)
    expect(trade!.returnFraction).toBeCloseTo((38 - 0.798) / 380, 12)
    expect(trade!.fills).toEqual([
      { leg: 'entry', index: 1, price: 100, quantity: 2, fee: 0.2, reason: null },
      { leg: 'entry', index: 2, price: 90, quantity: 2, fee: 0.18, reason: null },
      {
        leg: 'exit',
        index: 3,
        price: 104.50000000000001,
        quantity: 4,
        fee: 0.41800000000000004,
        reason: 'take_profit',
      },
    ])
  })

  it('of a short adds above', () => {
    const protection = { scaleIn: [{ fraction: 0.05, size: 0.5 }] }
    expect(
      events({ rows: [QUIET, QUIET, [101, 106, 100, 104]], protection, orders: { 0: twoShort } }),
    ).toEqual(['1 entry 2@100 held 2', '2 entry 1@105 held 3'])
  })

  it('fills at its limit, never better, at a gap', () => {
    const protection = { scaleIn: [{ fraction: 0.05, size: 1 }] }
    const rows: PaperRow[] = [QUIET, QUIET, [92, 93, 91, 92]]
    expect(events({ rows, protection })).toContain('2 entry 2@95 held 4')
    expect(events({ rows, protection, config: { limitGap: 'at_open' } })).toContain('2 entry 2@92 held 4')
  })

  it('fills at once where slippage arms it beyond the price', () => {
    const protection = { scaleIn: [{ fraction: 0.01, size: 1 }] }
    const rows: PaperRow[] = [QUIET, QUIET]
    expect(events({ rows, protection, config: { slippageRate: 0.02 } })).toEqual([
      '1 entry 2@102 held 2',
      '1 entry 2@100.98 held 4',
    ])
    expect(events({ rows, protection, config: { slippageRate: 0.02, limitGap: 'at_open' } })).toEqual([
      '1 entry 2@102 held 2',
      '1 entry 2@100 held 4',
    ])
  })

  it('of a spot short needs as much cash as it sells for', () => {
    const add = (size: number) =>
      run({
        rows: [QUIET, QUIET, [101, 106, 100, 104], QUIET],
        protection: { scaleIn: [{ fraction: 0.05, size }] },
        orders: { 0: twoShort },
        config: { endOfData: 'leave_open' },
      }).account
    // 1000 of cash, 200 of it set aside: 800 are 7.6 units at 105.
    expect(add(3.8).position!.quantity).toBe(9.6)
    expect(add(3.85).denied.INSUFFICIENT_CASH).toBe(1)
  })

  it('is refused without the cash for it, and counted', () => {
    const { account } = run({
      rows: [QUIET, QUIET, [96, 97, 94, 96], QUIET],
      protection: { scaleIn: [{ fraction: 0.05, size: 5 }] },
      config: { endOfData: 'leave_open' },
    })
    expect(account.denied.INSUFFICIENT_CASH).toBe(1)
    expect(account.position).toMatchObject({ quantity: 2, scaleIns: [] })
  })

  it('ends with the first exit', () => {
    const protection = { scaleIn, scaleOut: [{ fraction: 0.05, share: 0.5 }] }
    expect(events({ rows: [QUIET, QUIET, [101, 105, 100, 101], [96, 97, 85, 90]], protection })).toEqual([
      '1 entry 2@100 held 2',
      '2 exit 1@105 take_profit held 1',
    ])
  })
})

describe('scaling out', () => {
  const scaleOut = [
    { fraction: 0.05, share: 0.5 },
    { fraction: 0.1, share: 0.25 },
  ]

  it('sells shares at limits above the mean, and the rest by the exit', () => {
    const { trades } = run({
      rows: [QUIET, QUIET, [101, 111, 100, 108], [108, 108, 108, 108], QUIET],
      protection: { scaleOut },
      orders: { 0: two, 2: { kind: 'exit', reason: 'signal' } },
    })
    // 1 at 105, 0.5 at 110 and 0.5 at 108: mean 107.
    expect(trades.map(describePaperTrade)).toEqual(['L 1@100 > 3@107 x2 signal'])
    expect(trades[0]!.pnl).toBeCloseTo(14, 12)
    expect(trades[0]!.fills.map(({ price, quantity }) => [price, quantity])).toEqual([
      [100, 2],
      [105, 1],
      [110.00000000000001, 0.5],
      [108, 0.5],
    ])
  })

  it('leaves what remains to target and stop', () => {
    const protection = { scaleOut, takeProfit: { fraction: 0.2 }, stopLoss: { fraction: 0.1 } }
    const rows: PaperRow[] = [QUIET, QUIET, [101, 106, 100, 104]]
    expect(events({ rows: [...rows, [104, 121, 103, 120]], protection })).toEqual([
      '1 entry 2@100 held 2',
      '2 exit 1@105 take_profit held 1',
      '3 exit 0.5@110 take_profit held 0.5',
      '3 exit 0.5@120 take_profit held 0',
    ])
    expect(events({ rows: [...rows, [104, 105, 89, 95]], protection }).at(-1)).toBe(
      '3 exit 1@90 stop_loss held 0',
    )
  })

  it('closes the trade when the shares are all of it', () => {
    const { trades } = run({
      rows: [QUIET, QUIET, [101, 111, 100, 108], QUIET],
      protection: { scaleOut: [...scaleOut.slice(0, 1), { fraction: 0.1, share: 0.5 }] },
    })
    expect(trades.map(describePaperTrade)).toEqual(['L 1@100 > 2@107.5 x2 take_profit'])
  })

  it('measures shares of everything bought', () => {
    const protection = { scaleIn: [{ fraction: 0.1, size: 1 }], scaleOut: [{ fraction: 0.1, share: 0.5 }] }
    const rows: PaperRow[] = [QUIET, QUIET, [95, 96, 89, 92], [100, 105, 99, 104]]
    expect(events({ rows, protection }).at(-1)).toBe('3 exit 2@104.5 take_profit held 2')
  })

  it('floors shares to the step and leaves out what is less than one', () => {
    const protection = {
      scaleOut: [
        { fraction: 0.05, share: 0.7 },
        { fraction: 0.06, share: 0.2 },
      ],
    }
    const config = { quantityStep: 1 }
    expect(events({ rows: [QUIET, QUIET, [101, 120, 100, 104]], protection, config })).toEqual([
      '1 entry 2@100 held 2',
      '2 exit 1@105 take_profit held 1',
    ])
  })

  it('of a short buys back below, as maker', () => {
    const { trades } = run({
      rows: [QUIET, QUIET, [99, 100, 94, 96], [96, 96, 96, 96]],
      protection: { scaleOut: [{ fraction: 0.05, share: 0.5 }] },
      orders: { 0: twoShort },
      config: { feeRate: 0.001, makerFeeRate: 0.0001 },
    })
    expect(trades.map(describePaperTrade)).toEqual(['S 1@100 > 3@95.5 x2 end_of_data'])
    expect(trades[0]!.fills.map(({ fee }) => fee)).toEqual([0.2, 0.0001 * 95, 0.001 * 96])
  })

  it('gaps at its limit and yields to the exit signal', () => {
    const protection = { scaleOut: [{ fraction: 0.05, share: 0.5 }] }
    const rows: PaperRow[] = [QUIET, QUIET, [108, 109, 107, 108], [108, 108, 108, 108]]
    expect(events({ rows, protection })[1]).toBe('2 exit 1@105 take_profit held 1')
    const orders: Scene['orders'] = { 0: two, 1: { kind: 'exit', reason: 'signal' } }
    expect(events({ rows, protection, orders })[1]).toBe('2 exit 2@108 signal held 0')
  })
})
