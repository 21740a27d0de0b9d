import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepestDrawdowns, drawdownColumn, monthlyReturns } from './equity-history.ts'

const DAY_MS = 86_400_000
const rowsOf = (...pairs: readonly (readonly [string, number])[]) => ({
  time: Float64Array.from(pairs, ([date]) => Date.parse(date)),
  equity: Float64Array.from(pairs, ([, value]) => value),
  initialCapital: 100,
})

describe('monthlyReturns', () => {
  it('compares the last equity of each month with that of the month before', () => {
    const [first, second, ...rest] = monthlyReturns(
      rowsOf(
        ['2023-11-10', 105],
        ['2023-11-30T23:00Z', 110],
        ['2023-12-01', 120],
        ['2023-12-31', 99],
        ['2024-01-01', 108.9],
      ),
    )
    expect(rest).toEqual([])
    expect(first?.year).toBe(2023)
    expect(first?.months.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => null))
    expect(first?.months[10]).toBeCloseTo(0.1, 14)
    expect(first?.months[11]).toBeCloseTo(-0.1, 14)
    expect(first?.total).toBeCloseTo(-0.01, 14)
    expect(second?.months[0]).toBeCloseTo(0.1, 14)
    expect(second?.total).toBeCloseTo(0.1, 14)
  })

  it('leaves a month without rows empty', () => {
    const [year] = monthlyReturns(rowsOf(['2023-01-31', 100], ['2023-03-01', 150]))
    expect(year?.months.slice(0, 4)).toEqual([0, null, 0.5, null])
  })

  it('has no year without rows', () => {
    expect(monthlyReturns(rowsOf())).toEqual([])
  })

  it('compounds to the total return', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (values) => {
          const years = monthlyReturns({
            time: Float64Array.from(values, (_, i) => Date.UTC(2021, 0, 1) + i * 17 * DAY_MS),
            equity: Float64Array.from(values),
            initialCapital: 100,
          })
          const grown = years.reduce((product, { total }) => product * (1 + total), 100)
          expect(grown / (values.at(-1) ?? 0)).toBeCloseTo(1, 9)
          const byMonth = years
            .flatMap(({ months }) => months)
            .reduce<number>((product, value) => product * (1 + (value ?? 0)), 100)
          expect(byMonth / (values.at(-1) ?? 0)).toBeCloseTo(1, 9)
        },
      ),
      { seed: 5, numRuns: 100 },
    )
  })
})

describe('drawdowns', () => {
  const rows = rowsOf(
    ['2024-01-01', 90],
    ['2024-01-02', 120],
    ['2024-01-03', 60],
    ['2024-01-04', 120],
    ['2024-01-05', 108],
  )

  it('count from the initial capital on', () => {
    expect([...drawdownColumn(rows)].map((value) => value.toFixed(2))).toEqual([
      '-0.10',
      '0.00',
      '-0.50',
      '0.00',
      '-0.10',
    ])
  })

  it('are listed by depth with peak, trough and recovery', () => {
    const [deepest, ...others] = deepestDrawdowns(rows, 5)
    expect(deepest).toEqual({
      peakMs: Date.parse('2024-01-02'),
      troughMs: Date.parse('2024-01-03'),
      endMs: Date.parse('2024-01-04'),
      depth: -0.5,
      durationMs: 2 * DAY_MS,
    })
    expect(others).toHaveLength(2)
    expect(others.find(({ endMs }) => endMs === null)?.peakMs).toBe(Date.parse('2024-01-04'))
    expect(deepestDrawdowns(rows, 1)).toEqual([deepest])
  })
})
