import { describe, expect, it } from 'vitest'
import type { Trade } from '@botcriptofy/engine/backtest'
import { packEquity, packTrades, unpackEquity, unpackTrades } from './blobs.ts'

const trade: Trade = {
  side: 'short',
  entryIndex: 31,
  entryTime: 1_700_000_000_000,
  entryPrice: 0.1 + 0.2,
  exitIndex: 2_000_000,
  exitTime: 1_800_000_000_000,
  exitPrice: 1e-8,
  quantity: 123456.78901234,
  fees: 5e-324,
  pnl: -0.1,
  returnFraction: -1 / 3,
  exitReason: 'trailing_stop',
}

const fill = { leg: 'entry', index: 31, time: 1_700_000_000_000, price: 0.3, quantity: 1e-8, fee: 0 } as const
const scaled: Pick<Trade, 'fills'> = {
  fills: [
    fill,
    { ...fill, leg: 'exit', index: 40, reason: 'take_profit' },
    { ...fill, leg: 'exit', index: 41, reason: 'signal' },
  ],
}

describe('packTrades', () => {
  it.each<[string, readonly Trade[]]>([
    ['no trade', []],
    ['trades with and without a gap', [trade, { ...trade, side: 'long', gap: true }]],
    ['trades with and without funding', [{ ...trade, gap: true, funding: -0.1 }, trade]],
    [
      'trades with and without fills',
      [trade, { ...trade, ...scaled }, trade, { ...trade, gap: true, funding: 1 / 3, ...scaled }],
    ],
    [
      'trades of several symbols, those with a mark of their own among them',
      [
        { ...trade, symbol: 'ÄÖ/USDT', funding: 2 },
        { ...trade, gap: true, symbol: 'B/USDT', ...scaled },
        { ...trade, symbol: 'ÄÖ/USDT' },
      ],
    ],
  ])('gives back %s with the same JSON text', (_name, trades) => {
    expect(JSON.stringify(unpackTrades(packTrades(trades)))).toBe(JSON.stringify(trades))
  })
})

describe('packEquity', () => {
  it('gives back times with gaps and values bit by bit', () => {
    const time = Float64Array.of(1_700_000_000_000, 1_700_000_060_000, 1_710_000_000_000)
    const equity = Float64Array.of(10_000, 10_000.1 + 0.2, 1 / 3)
    expect(unpackEquity(packEquity({ time, equity }))).toEqual({ time, equity })
  })

  it('spends little on regular times', () => {
    const time = Float64Array.from({ length: 100_000 }, (_, bar) => 1_700_000_000_000 + bar * 60_000)
    expect(packEquity({ time, equity: new Float64Array(100_000) }).length).toBeLessThan(20_000)
  })
})
