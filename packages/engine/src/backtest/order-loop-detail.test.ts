import {
  type BarRow,
  candlesOf,
  codedStrategy,
  PLAIN_CONFIG,
  programOf,
  SIGNAL,
} from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { describeProblem } from '../kernel/index.ts'
import type { Candles } from '../market/index.ts'
import { createSeriesColumns } from '../strategy/index.ts'
import { detailMismatch } from './order-loop-detail.ts'
import { runBacktest } from './run-backtest.ts'
import { tradeRows } from './trade-rows.ts'

const BARS: readonly BarRow[] = [
  [100, 100, 100, 100, SIGNAL.buy],
  [100, 108, 92, 101],
  [101, 101, 101, 101],
]
/** Halves of the bars: the second bar rises first. */
const HALVES: readonly BarRow[] = [
  [100, 100, 100, 100],
  [100, 100, 100, 100],
  [100, 108, 99, 104],
  [104, 104, 92, 101],
  [101, 101, 101, 101],
  [101, 101, 101, 101],
]

const candles = candlesOf(BARS, 60_000)
const series = createSeriesColumns(candles)
const halves = (change: (rows: BarRow[]) => void = () => {}): Candles => {
  const rows = [...HALVES]
  change(rows)
  return candlesOf(rows, 30_000)
}

const describeMismatch = (detail: Candles): string | null => {
  const problem = detailMismatch(series, detail)
  return problem === null ? null : describeProblem(problem)
}

describe('detailMismatch', () => {
  it.each<readonly [string, Candles, string | null]>([
    ['halves that fit', halves(), null],
    [
      'a low that no child has',
      halves((rows) => (rows[3] = [104, 104, 93, 101])),
      'bar 1: expected low 93, that of its detail bars, was 92',
    ],
    [
      'another close',
      halves((rows) => (rows[5] = [101, 101, 100, 100])),
      'bar 2: expected low 100, that of its detail bars, was 101',
    ],
    [
      'an end without children',
      candlesOf(HALVES.slice(0, 4), 30_000),
      'bar 2: expected at least one detail bar, was none',
    ],
    [
      'bars as long as the others',
      candles,
      'detail: expected bars shorter than 60000 ms that divide them, was 60000 ms',
    ],
    [
      'bars that do not divide the others',
      candlesOf(HALVES, 40_000),
      'detail: expected bars shorter than 60000 ms that divide them, was 40000 ms',
    ],
  ])('says of %s: %s', (_name, detail, problem) => {
    expect(describeMismatch(detail)).toBe(problem)
  })
})

describe('a backtest with detail candles', () => {
  const strategy = codedStrategy({ stopLoss: { fraction: 0.05 }, takeProfit: { fraction: 0.05 } })
  const run = (detail?: Candles) => {
    const result = runBacktest({ program: programOf(strategy), series, config: PLAIN_CONFIG, detail })
    return { ...result, rows: tradeRows(result.trades, candles) }
  }

  it('knows what came first inside a bar', () => {
    expect(run().rows).toMatchObject([{ exitIndex: 1, exitReason: 'stop_loss', exitPrice: 95 }])
    expect(run().band.ambiguousBars).toBe(1)
    expect(run(halves()).rows).toMatchObject([{ exitIndex: 1, exitReason: 'take_profit', exitPrice: 105 }])
    expect(run(halves()).band.ambiguousBars).toBe(0)
  })

  it('keeps the indexes and times of the bars that it decides on', () => {
    expect(run(halves()).rows).toMatchObject([
      { entryIndex: 1, entryTime: 60_000, exitIndex: 1, exitTime: 60_000 },
    ])
    expect([...run(halves()).equity]).toEqual([1000, 1005, 1005])
  })

  it('refuses a bar that is not made of its children', () => {
    expect(() => run(halves((rows) => (rows[3] = [104, 104, 93, 101])))).toThrow(
      'bar 1: expected low 93, that of its detail bars, was 92',
    )
  })
})
