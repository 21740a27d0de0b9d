import { describeEvents, enterEffect, type PaperRow, runScene, type Scene } from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'
import type { Effect, OrderPrices } from '../orders/index.ts'
import type { BacktestConfig } from './config.ts'

type Settings = Partial<BacktestConfig>
const QUIET: PaperRow = [100, 101, 99, 100]
const HOLD: Settings = { endOfData: 'leave_open' }

const buy = (order: OrderPrices, expireBars: number | null = null) =>
  enterEffect('long', 100, { order, expireBars })
const sell = (order: OrderPrices) => enterEffect('short', 100, { order })

const limit = (limitPrice: number): OrderPrices => ({ kind: 'limit', limitPrice })
const stop = (stopPrice: number): OrderPrices => ({ kind: 'stop', stopPrice })
const stopLimit = (stopPrice: number, limitPrice: number): OrderPrices => ({
  kind: 'stop_limit',
  stopPrice,
  limitPrice,
})
const oco = (stopPrice: number, limitPrice: number): OrderPrices => ({ kind: 'oco', stopPrice, limitPrice })

const events = (scene: Omit<Scene, 'config'> & { config?: Settings }): string[] =>
  describeEvents(runScene({ ...scene, config: { ...HOLD, ...scene.config } }))

type Case = readonly [
  title: string,
  order: Effect,
  rows: readonly PaperRow[],
  config: Settings,
  expected: readonly string[],
]

const checkAll = (cases: readonly Case[]): void => {
  it.each(cases)('%s', (_title, order, rows, config, expected) => {
    expect(events({ rows: [QUIET, ...rows], orders: { 0: order }, config })).toEqual(expected)
  })
}

const FEES: Settings = { feeRate: 0.001, makerFeeRate: 0.0002, slippageRate: 0.01 }

describe('a limit entry', () => {
  checkAll([
    [
      'fills at its limit when the price touches it',
      buy(limit(98)),
      [QUIET, [99, 100, 98, 99]],
      {},
      ['2 entry 1@98 held 1'],
    ],
    [
      'waits without a trade beyond it under through',
      buy(limit(98)),
      [[99, 100, 98, 99]],
      { limitTouch: 'through' },
      [],
    ],
    [
      'fills at its limit one tick beyond it under through',
      buy(limit(98)),
      [[99, 100, 97.5, 99]],
      { limitTouch: 'through', priceTick: 0.5 },
      ['1 entry 1@98 held 1'],
    ],
    [
      'fills at the open without slippage when it is marketable as it arrives',
      buy(limit(98)),
      [[97, 99, 96, 98]],
      FEES,
      ['1 entry 1@97 held 1'],
    ],
    [
      'fills at its limit, never better, when it rested before the gap',
      buy(limit(98)),
      [QUIET, [95, 99, 94, 98]],
      {},
      ['2 entry 1@98 held 1'],
    ],
    [
      'fills at the open of the gap under at_open',
      buy(limit(98)),
      [QUIET, [95, 99, 94, 98]],
      { limitGap: 'at_open' },
      ['2 entry 1@95 held 1'],
    ],
    [
      'is rounded down to the tick for a buy',
      buy(limit(98.4)),
      [[99, 100, 97, 99]],
      { priceTick: 0.5 },
      ['1 entry 1@98 held 1'],
    ],
    [
      'is rounded up to the tick for a sale',
      sell(limit(101.6)),
      [[100, 102.5, 99, 100]],
      { priceTick: 0.5 },
      ['1 entry 1@102 held 1'],
    ],
    [
      'of a sale fills above',
      sell(limit(102)),
      [QUIET, [101, 103, 100, 101]],
      FEES,
      ['2 entry 1@102 held 1'],
    ],
  ])

  it('pays the maker fee when it rested and the taker fee when it was marketable', () => {
    const rested = runScene({ rows: [QUIET, [99, 100, 98, 99]], orders: { 0: buy(limit(98)) }, config: FEES })
    const taken = runScene({ rows: [QUIET, [97, 99, 96, 98]], orders: { 0: buy(limit(98)) }, config: FEES })
    const feeOf = (run: typeof rested) => run.trades[0]!.fills[0]!.fee
    expect([feeOf(rested), feeOf(taken)]).toEqual([0.0002 * 98, 0.001 * 97])
  })
})

describe('a stop entry', () => {
  checkAll([
    [
      'fills at its stop with slippage when the price touches it',
      buy(stop(102)),
      [[100, 102, 99, 101]],
      FEES,
      ['1 entry 1@103.02 held 1'],
    ],
    [
      'fills at the open with slippage when the open is beyond it',
      buy(stop(102)),
      [QUIET, [104, 105, 103, 104]],
      FEES,
      ['2 entry 1@105.04 held 1'],
    ],
    ['of a sale fills below', sell(stop(98)), [[100, 101, 98, 99]], FEES, ['1 entry 1@97.02 held 1']],
    [
      'is rounded up to the tick for a buy',
      buy(stop(101.6)),
      [[100, 103, 99, 101]],
      { priceTick: 0.5 },
      ['1 entry 1@102 held 1'],
    ],
    [
      'is rounded down to the tick for a sale',
      sell(stop(98.4)),
      [[100, 101, 97, 99]],
      { priceTick: 0.5 },
      ['1 entry 1@98 held 1'],
    ],
  ])
})

describe('a stop-limit entry', () => {
  checkAll([
    [
      'fills at its stop, as taker without slippage, when its limit lies beyond',
      buy(stopLimit(102, 103)),
      [[100, 104, 99, 101]],
      FEES,
      ['1 entry 1@102 held 1'],
    ],
    [
      'rests at a limit below its stop for the rest of the path only',
      buy(stopLimit(102, 99)),
      [[100, 102, 98, 101]],
      { path: 'olhc' },
      [],
    ],
    [
      'fills at that limit when the path comes back',
      buy(stopLimit(102, 99)),
      [[100, 102, 98, 101]],
      { path: 'ohlc' },
      ['1 entry 1@99 held 1'],
    ],
    [
      'goes on resting in later bars',
      buy(stopLimit(102, 97)),
      [
        [100, 102, 98, 101],
        [100, 101, 97, 98],
      ],
      {},
      ['2 entry 1@97 held 1'],
    ],
    [
      'is triggered by a gap and fills at the open within its limit',
      buy(stopLimit(102, 105)),
      [QUIET, [104, 106, 103, 104]],
      FEES,
      ['2 entry 1@104 held 1'],
    ],
    [
      'rests when the gap goes beyond its limit',
      buy(stopLimit(102, 103)),
      [QUIET, [104, 106, 103, 104]],
      {},
      ['2 entry 1@103 held 1'],
    ],
  ])
})

describe('an oco entry', () => {
  checkAll([
    [
      'fills by its limit and forgets its stop',
      buy(oco(103, 98)),
      [
        [100, 101, 98, 99],
        [99, 104, 98, 103],
      ],
      {},
      ['1 entry 1@98 held 1'],
    ],
    [
      'fills by its stop and forgets its limit',
      buy(oco(103, 98)),
      [
        [100, 103, 99, 102],
        [99, 104, 97, 103],
      ],
      {},
      ['1 entry 1@103 held 1'],
    ],
    [
      'takes the worse of both in one bar',
      buy(oco(103, 98)),
      [[100, 104, 97, 101]],
      {},
      ['1 entry 1@103 held 1'],
    ],
    [
      'takes the better under best',
      buy(oco(103, 98)),
      [[100, 104, 97, 101]],
      { path: 'best' },
      ['1 entry 1@98 held 1'],
    ],
    [
      'takes the stop under stop_first',
      sell(oco(97, 102)),
      [[100, 104, 96, 101]],
      { path: 'stop_first' },
      ['1 entry 1@97 held 1'],
    ],
  ])
})

describe('the life of an entry order', () => {
  it('fills in as many bars as it may and then expires at the open', () => {
    const orders = { 0: buy(limit(98), 2) }
    const never: PaperRow = [99, 100, 98.5, 99]
    const reaching: PaperRow = [97, 98, 96, 97]
    expect(events({ rows: [QUIET, never, reaching, QUIET], orders })).toEqual(['2 entry 1@98 held 1'])
    expect(events({ rows: [QUIET, never, never, reaching], orders })).toEqual(['3 expired'])
  })

  it('is cancelled at the open after the cancel, before it could fill there', () => {
    const orders: Scene['orders'] = { 0: buy(limit(98)), 1: { kind: 'cancel' } }
    expect(events({ rows: [QUIET, QUIET, [97, 98, 96, 97]], orders })).toEqual(['2 cancelled'])
  })

  it('outlives a cancel that was sent before it', () => {
    const orders: Scene['orders'] = { 0: [{ kind: 'cancel' }, buy(limit(98))] }
    expect(events({ rows: [QUIET, [99, 100, 97, 98]], orders })).toEqual(['1 entry 1@98 held 1'])
  })

  it('begins later by the latency, and so do exits and cancels', () => {
    const config = { latencyBars: 2 }
    const rows: PaperRow[] = [QUIET, [101, 101, 101, 101], [102, 102, 102, 102], [103, 103, 103, 103]]
    const late: PaperRow[] = [...rows, [104, 104, 104, 104], [105, 105, 105, 105], [106, 106, 106, 106]]
    const market = enterEffect('long', 100)
    expect(
      events({ rows: late, config, orders: { 0: market, 3: { kind: 'exit', reason: 'signal' } } }),
    ).toEqual(['3 entry 1@103 held 1', '6 exit 1@106 signal held 0'])
    const cancelled: Scene['orders'] = { 0: buy(limit(90)), 1: { kind: 'cancel' } }
    expect(events({ rows: late, config, orders: cancelled })).toEqual(['4 cancelled'])
    expect(events({ rows: late, config, orders: { 0: buy(limit(90), 1) } })).toEqual(['4 expired'])
  })

  it('ends at once when a price of it is none', () => {
    expect(events({ rows: [QUIET, QUIET], orders: { 0: buy(limit(Number.NaN)) } })).toEqual(['0 cancelled'])
  })

  it('is sized and refused when it fills, not when it is placed', () => {
    const tooMuch = enterEffect('long', 100, { order: limit(98), sizing: { kind: 'units', value: 11 } })
    const run = runScene({ rows: [QUIET, QUIET, [98, 99, 97, 98]], orders: { 0: tooMuch } })
    expect(describeEvents(run)).toEqual(['2 denied INSUFFICIENT_CASH'])
    expect(run.account.denied.INSUFFICIENT_CASH).toBe(1)
  })

  it('does not fill while another order holds a position', () => {
    const orders = { 0: enterEffect('long', 100), 1: sell(limit(103)) }
    const rows: PaperRow[] = [QUIET, QUIET, [101, 104, 100, 101], QUIET]
    expect(events({ rows, orders })).toEqual(['1 entry 1@100 held 1'])
  })
})

describe('orders side by side', () => {
  it('do not fill in the bar in which the position of another was closed', () => {
    const rows: PaperRow[] = [QUIET, QUIET, [100, 101, 92, 93], [97, 98, 92, 93]]
    const orders = { 0: [buy(limit(98)), buy(limit(94))] }
    const told = events({ rows, orders, protection: { stopLoss: { fraction: 0.02 } } })
    expect(told).toEqual([
      '2 entry 1@98 held 1',
      '2 exit 1@96.04 stop_loss held 0',
      '3 entry 1@94 held 1',
      '3 exit 1@92.12 stop_loss held 0',
    ])
  })

  it('leave by the first of several exits', () => {
    const orders: Scene['orders'] = {
      0: enterEffect('long', 100),
      2: { kind: 'exit', reason: 'signal' },
      3: { kind: 'exit', reason: 'time_exit' },
    }
    const rows = Array.from({ length: 7 }, () => QUIET)
    expect(events({ rows, orders, config: { latencyBars: 1 } })).toEqual([
      '2 entry 1@100 held 1',
      '4 exit 1@100 signal held 0',
    ])
  })
})

describe('a blown account', () => {
  it('is closed at the close that leaves it nothing, and takes no orders any more', () => {
    const short = enterEffect('short', 100, { sizing: { kind: 'equityFraction', value: 1 } })
    const run = runScene({
      rows: [QUIET, QUIET, [150, 220, 150, 210], QUIET, QUIET],
      orders: { 0: short, 2: enterEffect('long', 100) },
    })
    expect(describeEvents(run)).toEqual(['1 entry 10@100 held 10', '2 exit 10@210 liquidation held 0'])
    expect(run.equity).toEqual([1000, 1000, 0, 0, 0])
    expect(run.account).toMatchObject({ cash: 0, blownAtBar: 2, entries: [] })
  })
})

describe('an entry inside a bar', () => {
  const protection = { stopLoss: { fraction: 0.02 }, takeProfit: { fraction: 0.02 } }
  const run = (order: OrderPrices, row: PaperRow, config: Settings = {}) =>
    events({ rows: [QUIET, row], orders: { 0: buy(order) }, protection, config })

  it('arms a stop that the rest of the path can reach', () => {
    expect(run(limit(98), [100, 101, 95, 97])).toEqual([
      '1 entry 1@98 held 1',
      '1 exit 1@96.04 stop_loss held 0',
    ])
  })

  it('reaches a target on the rest of the path only', () => {
    const row: PaperRow = [100, 101, 97.5, 98]
    expect(run(limit(98), row)).toEqual(['1 entry 1@98 held 1'])
    expect(run(limit(98), row, { path: 'olhc' })).toEqual([
      '1 entry 1@98 held 1',
      '1 exit 1@99.96 take_profit held 0',
    ])
  })

  it('may be followed by a target in the direction of a stop entry', () => {
    expect(run(stop(102), [100, 106, 99, 105], { path: 'ohlc' })).toEqual([
      '1 entry 1@102 held 1',
      '1 exit 1@104.04 take_profit held 0',
    ])
  })

  it('fills a stop at once that lies beyond the price, measured from the close of the signal', () => {
    const config: Settings = { protectFrom: 'signal_close', slippageRate: 0.01 }
    expect(run(limit(97.5), [100, 101, 97, 97.2], config)).toEqual([
      '1 entry 1@97.5 held 1',
      '1 exit 1@96.525 stop_loss held 0',
    ])
  })

  it('is stopped but takes no profit in its own bar under stop_first', () => {
    expect(run(limit(98), [100, 104, 95, 103], { path: 'stop_first' })).toEqual([
      '1 entry 1@98 held 1',
      '1 exit 1@96.04 stop_loss held 0',
    ])
    expect(run(limit(98), [100, 104, 97, 103], { path: 'stop_first' })).toEqual(['1 entry 1@98 held 1'])
  })
})
