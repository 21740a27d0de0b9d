import { columnarRun, randomRun, type RandomRun } from '@botcriptofy/testkit/random-run'
import { describe, expect, it } from 'vitest'
import { sliceCandles } from '../market/index.ts'

const RUNS = 150

/** The end of the data is what may differ. */
const open = (run: RandomRun): RandomRun => ({
  ...run,
  config: { ...run.config, endOfData: 'leave_open', rows: null },
})

const cutAt = (run: RandomRun, bars: number): RandomRun => ({
  ...run,
  series: { ...run.series, candles: sliceCandles(run.series.candles, 0, bars) },
})

describe('a backtest that knows only the first bars', () => {
  it.each(['plain', 'featured', 'detailed'] as const)(
    'fills and marks %s runs as the one that knows what follows',
    { timeout: 60_000 },
    (kind) => {
      let compared = 0
      for (let seed = 1; seed <= RUNS; seed++) {
        const whole = open(randomRun(seed, kind))
        const all = columnarRun(whole)
        const length = whole.series.candles.time.length
        for (const bars of [length >> 2, length >> 1, length - 1]) {
          const cut = columnarRun(cutAt(whole, bars))
          const before = all.trades.filter(({ exitIndex }) => exitIndex < bars)
          expect(cut.trades, `seed ${seed}, ${bars} bars`).toEqual(before)
          expect([...cut.result.equity], `seed ${seed}, ${bars} bars`).toEqual([
            ...all.result.equity.subarray(0, bars),
          ])
          compared += before.length
        }
      }
      expect(compared).toBeGreaterThan(1000)
    },
  )
})
