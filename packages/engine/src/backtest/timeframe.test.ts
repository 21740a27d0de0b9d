import { PLAIN_CONFIG, programOf } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { allocateCandles, type Candles } from '../market/index.ts'
import { createSeriesColumns, type Strategy } from '../strategy/index.ts'
import { runBacktest } from './run-backtest.ts'

const STRATEGY: Strategy = {
  name: 'slow',
  version: 1,
  direction: 'long',
  indicators: { slow: { type: 'sma', params: { period: 2 }, timeframe: '3h' } },
  entry: { long: { left: 'close', op: '>', right: 'slow' } },
  exit: { long: { left: 'close', op: '<', right: 'slow' } },
  sizing: { kind: 'units', value: 1 },
}

/** Bars at these hours; the close is the hour. */
const candlesAt = (hours: readonly number[]): Candles => {
  const candles = allocateCandles(hours.length, { shared: false })
  hours.forEach((hour, bar) => {
    candles.time[bar] = hour * 3_600_000
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) candles[field][bar] = 100 + hour
  })
  return candles
}

const run = (hours: readonly number[], rows: number | null = null) =>
  runBacktest({
    program: programOf(STRATEGY),
    series: createSeriesColumns(candlesAt(hours)),
    config: { ...PLAIN_CONFIG, rows },
  })

/** Bars at which positions were entered. */
const entriesOf = ({ trades }: ReturnType<typeof run>): number[] => [
  ...trades.entryIndex.subarray(0, trades.length),
]

describe('a backtest with a higher timeframe', () => {
  it('begins to trade when the first closes of the timeframe suffice', () => {
    // Bars of 3 h close with hours 2 and 5; the signal of hour 5 fills at hour 6.
    const result = run([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(result.firstTradableBar).toBe(6)
    expect(entriesOf(result)).toEqual([6])
  })

  it('leaves the length of a bar alone when it uses the first rows only', () => {
    // Between the first two bars lie two hours, of which a timeframe of 3 h is no multiple.
    expect(run([0, 2, 3, 4, 5, 6], 2)).toMatchObject({ bars: 2, firstTradableBar: 2 })
    expect(entriesOf(run([0, 2, 3, 4, 5, 6]))).toEqual([5])
  })
})
