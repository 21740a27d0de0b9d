import {
  describeEvents,
  describePaperTrade,
  enterEffect,
  type PaperRow,
  runScene,
  type Scene,
} from '@botcriptofy/testkit/paper'
import { describe, expect, it } from 'vitest'

const bar = (price: number, volume: number): PaperRow => [price, price, price, price, volume]
const units = (value: number, order?: { kind: 'limit'; limitPrice: number }) =>
  enterEffect('long', 100, { sizing: { kind: 'units', value }, ...(order === undefined ? {} : { order }) })

const run = (scene: Scene) =>
  runScene({
    ...scene,
    config: { participation: 0.1, quantityStep: 1, endOfData: 'leave_open', ...scene.config },
  })
const events = (scene: Scene) => describeEvents(run(scene))

describe('the volume cap', () => {
  const rows = [bar(100, 50), bar(100, 39), bar(101, 40), bar(102, 0), bar(103, 500), bar(103, 500)]

  it('lets the rest of a market entry follow at the next opens', () => {
    expect(events({ rows, orders: { 0: units(9) } })).toEqual([
      '1 entry 3@100 held 3',
      '2 entry 4@101 held 7',
      '4 entry 2@103 held 9',
    ])
  })

  it('or drops it', () => {
    expect(events({ rows, orders: { 0: units(9) }, config: { remainder: 'drop' } })).toEqual([
      '1 entry 3@100 held 3',
      '1 cancelled',
    ])
    expect(events({ rows, orders: { 2: units(9) }, config: { remainder: 'drop' } })).toEqual(['3 cancelled'])
  })

  it('sizes an order at its first fill, in full', () => {
    const { account } = run({ rows: rows.slice(0, 3), orders: { 0: units(9) } })
    expect(account.position).toMatchObject({ quantity: 7, firstQuantity: 9, entryPrice: (300 + 404) / 7 })
    expect(account.entries).toMatchObject([{ kind: 'market', remaining: 2 }])
  })

  it('refuses what is left when the cash does not cover it', () => {
    expect(events({ rows, orders: { 0: units(9) }, config: { initialCapital: 900 } })).toEqual([
      '1 entry 3@100 held 3',
      '2 entry 4@101 held 7',
      '4 denied INSUFFICIENT_CASH',
    ])
  })

  it('lets the rest of a limit rest', () => {
    const limit: Scene['rows'] = [
      bar(100, 50),
      [99, 99, 97, 99, 30],
      [99, 99, 97, 99, 0],
      [99, 99, 97, 99, 90],
    ]
    expect(events({ rows: limit, orders: { 0: units(9, { kind: 'limit', limitPrice: 98 }) } })).toEqual([
      '1 entry 3@98 held 3',
      '3 entry 6@98 held 9',
    ])
    const drop = { remainder: 'drop' as const }
    expect(
      events({ rows: limit, orders: { 0: units(9, { kind: 'limit', limitPrice: 98 }) }, config: drop }),
    ).toEqual(['1 entry 3@98 held 3', '1 cancelled'])
  })

  it('fills the rest of an oco by the part that was met, and forgets the other', () => {
    const oco = (price: { stopPrice: number; limitPrice: number }): Scene['orders'] => ({
      0: enterEffect('long', 100, {
        sizing: { kind: 'units', value: 9 },
        order: { kind: 'oco', ...price },
      }),
    })
    const met: Scene['rows'] = [bar(100, 50), [99, 99, 97, 99, 30], [100, 106, 99, 105, 30], bar(106, 900)]
    expect(events({ rows: met, orders: oco({ stopPrice: 105, limitPrice: 98 }) })).toEqual([
      '1 entry 3@98 held 3',
    ])
    expect(events({ rows: met, orders: oco({ stopPrice: 105, limitPrice: 90 }) })).toEqual([
      '2 entry 3@105 held 3',
      '3 entry 6@106 held 9',
    ])
  })

  it('lets the rest of an exit follow at market, and nothing else happen to it', () => {
    const stopped = run({
      rows: [bar(100, 500), bar(100, 500), [99, 99, 90, 95, 30], [120, 120, 120, 120, 20], bar(94, 500)],
      orders: { 0: units(9) },
      protection: { stopLoss: { fraction: 0.05 }, takeProfit: { fraction: 0.1 } },
    })
    expect(describeEvents(stopped)).toEqual([
      '1 entry 9@100 held 9',
      '2 exit 3@95 stop_loss held 6',
      '3 exit 2@120 stop_loss held 4',
      '4 exit 4@94 stop_loss held 0',
    ])
    // (285 + 240 + 376) / 9
    expect(stopped.trades.map(describePaperTrade)).toEqual(['L 1@100 > 4@100.111111111 x9 stop_loss'])
  })

  it('keeps a target at its limit', () => {
    const target: Scene = {
      rows: [bar(100, 500), bar(100, 500), [105, 112, 104, 105, 30], [105, 112, 104, 105, 500]],
      orders: { 0: units(9) },
      protection: { takeProfit: { fraction: 0.1 } },
    }
    expect(events(target)).toEqual([
      '1 entry 9@100 held 9',
      '2 exit 3@110 take_profit held 6',
      '3 exit 6@110 take_profit held 0',
    ])
  })

  it('counts all orders of a bar together: the reversal enters once the exit is done', () => {
    const orders: Scene['orders'] = {
      0: units(9),
      1: [
        { kind: 'exit', reason: 'reverse' },
        enterEffect('short', 100, { sizing: { kind: 'units', value: 4 } }),
      ],
    }
    const reversal = [bar(100, 500), bar(100, 500), bar(100, 60), bar(100, 50), bar(100, 500)]
    expect(events({ rows: reversal, orders })).toEqual([
      '1 entry 9@100 held 9',
      '2 exit 6@100 reverse held 3',
      '3 exit 3@100 reverse held 0',
      '3 entry 2@100 held 2',
      '4 entry 2@100 held 4',
    ])
  })

  it('withdraws what an entry still wants when the position is left', () => {
    const orders: Scene['orders'] = { 0: units(9), 1: { kind: 'exit', reason: 'signal' } }
    expect(events({ rows, orders })).toEqual([
      '1 entry 3@100 held 3',
      '2 exit 3@101 signal held 0',
      '2 cancelled',
    ])
  })

  it('does not hold at the end of the data', () => {
    const config = { endOfData: 'last_close' as const }
    expect(events({ rows: rows.slice(0, 4), orders: { 0: units(9) }, config }).slice(-2)).toEqual([
      '3 exit 7@102 end_of_data held 0',
      '3 cancelled',
    ])
  })
})
