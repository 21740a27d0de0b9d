import { candlesOf, type BarRow } from '@botcriptofy/testkit/bars'
import { describe, expect, it } from 'vitest'
import { createSeriesColumns } from '../strategy/index.ts'
import { portfolioProblem } from './index.ts'

const MINUTE = 60_000

const member = (symbol: string, startMs = 0, barMs = MINUTE) => {
  const candles = candlesOf(
    [1, 2, 3].map((): BarRow => [1, 1, 1, 1]),
    barMs,
  )
  return { symbol, series: createSeriesColumns({ ...candles, time: candles.time.map((ms) => ms + startMs) }) }
}

describe('portfolioProblem', () => {
  it.each([
    [[member('A/USD')]],
    [[member('A/USD'), member('B/USD')]],
    [[member('A/USD', 2 * MINUTE), member('B/USD'), member('C/USD', 90 * MINUTE)]],
  ])('has nothing against symbols of one quote asset and bar length: %#', (members) => {
    expect(portfolioProblem(members)).toBeNull()
  })

  it.each([
    [[], { path: 'members', expected: 'at least one symbol', actual: 'none' }],
    [
      [member('A/USD'), member('A/USD')],
      { path: 'A/USD', expected: 'each symbol once', actual: 'given twice' },
    ],
    [
      [member('A/USD'), member('B/EUR')],
      { path: 'B/EUR', expected: 'the quote asset USD of A/USD', actual: 'EUR' },
    ],
    [
      [member('A/USD'), member('B/USD', 0, 2 * MINUTE)],
      { path: 'B/USD', expected: 'bars of 60000 ms as those of A/USD', actual: '120000 ms' },
    ],
    [
      [member('A/USD'), member('B/USD', MINUTE / 2)],
      {
        path: 'B/USD',
        expected: 'bars that open together with those of the other symbols, or after their end',
        actual: 'a bar at 30000, 30000 ms after another',
      },
    ],
  ])('says what keeps symbols from one account: %#', (members, problem) => {
    expect(portfolioProblem(members)).toEqual(problem)
  })
})
