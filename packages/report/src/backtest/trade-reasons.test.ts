import { generateCandles } from '@botcriptofy/engine/market'
import { backtestRun, SMA_CROSS } from '@botcriptofy/testkit/backtest-run'
import { describe, expect, it } from 'vitest'
import { decode } from '../page/decode.fixture.ts'
import { packReasons } from './trade-reasons.ts'

const candles = generateCandles({
  seed: 42,
  bars: 6000,
  timeframeMs: 3_600_000,
  startMs: Date.UTC(2022, 0, 1),
  startPrice: 100,
})
const strategy = {
  ...SMA_CROSS,
  entry: {
    long: {
      all: [
        { left: 'fast', op: 'crosses_above', right: 'slow' },
        { not: { left: 'close', op: '<', right: 1 } },
      ],
    },
  },
} as const
const data = {
  ...backtestRun({ candles, strategy }),
  market: { venue: 'generator', symbol: 'SIM/USDT', timeframe: '1h' },
  dataset: { digest: 'd', simulated: true, seed: 42 },
}

describe('the reasons of a page', () => {
  it('come back with their values, the bar that decided and what was denied', () => {
    const packed = packReasons(data)
    const read = decode.reasonsOf(packed)
    expect(read).toHaveLength(data.result.trades.length)
    expect(packed.forms).toEqual([
      ['fast', 'crosses_above', 'slow', false],
      ['close', '<', '1', true],
      ['fast', 'crosses_below', 'slow', false],
    ])
    for (const [row, { entry, exit }] of data.detail.reasons.entries()) {
      const { entry: shown, exit: left } = read[row]!
      expect(shown.delay).toBe(3600)
      expect(shown.comparisons.map(({ left: side }) => side.value)).toEqual(
        entry!.comparisons.map(({ left: side }) => Math.fround(side.value!)),
      )
      expect(shown.comparisons[0]!.right.before).toBe(Math.fround(entry!.comparisons[0]!.right.before!))
      expect(shown.comparisons[1]!.right.before).toBeUndefined()
      expect(left.comparisons.length).toBe(exit === null ? 0 : 1)
    }
  })

  it('are none of a result of an earlier version', () => {
    const old = { ...data, detail: { ...data.detail, reasons: [] } }
    expect(decode.reasonsOf(packReasons(old))).toEqual([])
  })

  it('end where a page could not hold more', () => {
    const [reason] = data.detail.reasons
    const many = Array.from({ length: 4000 }, () => reason!)
    const trades = Array.from(many, () => data.result.trades[0]!)
    const { count } = packReasons({
      ...data,
      result: { ...data.result, trades },
      detail: { ...data.detail, reasons: many },
    })
    const each = reason!.entry!.comparisons.length + (reason!.exit?.comparisons.length ?? 0)
    expect(count).toBe(Math.floor(5000 / each))
  })
})
