import type { BacktestDetail } from '@botcriptofy/engine/backtest'
import { describe, expect, it } from 'vitest'
import { packEquity } from './blobs.ts'
import { packDetail, unpackDetail } from './detail.ts'

const WHOLE: BacktestDetail = {
  firstTradableBar: 31,
  curveRows: Int32Array.of(0, 7, 99),
  band: { worst: Float64Array.of(1, 0.1 + 0.2, 3), best: Float64Array.of(4, 5, 6) },
  mae: Float64Array.of(-0.5),
  mfe: Float64Array.of(0.25),
  sharpe: { windowDays: 90, rows: Int32Array.of(50, 99), values: Float64Array.of(Number.NaN, 1.5) },
  openPosition: { side: 'short', entryIndex: 90, entryPrice: 1e-8, quantity: 3 },
  reasons: [
    {
      entry: {
        bar: 30,
        comparisons: [
          {
            left: { text: 'größe', value: 0.1 + 0.2, before: null },
            op: 'crosses_above',
            right: { text: '1', value: 1, before: 1 },
            holds: true,
          },
        ],
        more: 2,
      },
      exit: null,
    },
  ],
  levels: {
    counts: Int32Array.of(1, 0, 2),
    bars: Int32Array.of(31, 33, 40),
    prices: Float64Array.of(9.5, 9.6, 9.7),
  },
}

describe('the detail of a report', () => {
  it.each([
    ['whole', WHOLE],
    ['without band and open position', { ...WHOLE, band: null, openPosition: null }],
    ['of an earlier version, without reasons and levels', { ...WHOLE, reasons: [], levels: null }],
  ])('comes back %s, bit by bit', (_, detail) => {
    expect(unpackDetail(packDetail(detail))).toEqual(detail)
  })

  it('is not read out of another blob', () => {
    const equity = packEquity({ time: Float64Array.of(0), equity: Float64Array.of(1) })
    expect(() => unpackDetail(equity)).toThrow('expected the column facts as int32')
  })
})
