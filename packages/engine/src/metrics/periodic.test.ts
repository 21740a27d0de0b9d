import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from './daily.ts'
import type { EntryResult } from './periodic-entries.ts'
import { periodicTables } from './periodic.ts'
import { PERIODS } from './periodic-tables.ts'

const HOUR_MS = 3_600_000
const at = (text: string): number => Date.parse(`${text}Z`)

interface Case {
  /** UTC times of the bars, as `2024-01-31T00:00`. */
  readonly times: readonly string[]
  readonly equity: readonly number[]
  readonly firstTradableBar?: number
  readonly trades?: readonly EntryResult[]
}

const tablesOf = ({ times, equity, firstTradableBar = 0, trades = [] }: Case) =>
  periodicTables({
    time: Float64Array.from(times, at),
    equity: Float64Array.from(equity),
    initialCapital: 100,
    firstTradableBar,
    trades,
  })

const rounded = (value: number): number => Number(value.toFixed(12))
const shown = (periods: readonly { readonly fromMs: number; readonly returnFraction: number }[]) =>
  periods.map(({ fromMs, returnFraction }) => [
    new Date(fromMs).toISOString().slice(0, 10),
    rounded(returnFraction),
  ])

describe('periodicTables', () => {
  /** Three months with two bars a day at their ends, over a turn of the year; February has no bar. */
  const turn: Case = {
    times: [
      '2023-12-30T00:00',
      '2023-12-31T00:00',
      '2023-12-31T12:00',
      '2024-01-01T00:00',
      '2024-01-31T12:00',
      '2024-03-01T00:00',
      '2024-03-02T00:00',
    ],
    equity: [110, 200, 120, 132, 108, 108, 135],
  }

  it('takes the return of a month from its last daily equity and the one before it', () => {
    expect(shown(tablesOf(turn).months)).toEqual([
      ['2023-12-01', 0.2], // 100 to 120
      ['2024-01-01', -0.1], // 120 to 108
      ['2024-02-01', 0], // no bar: the 108 is carried
      ['2024-03-01', 0.25], // 108 to 135
    ])
  })

  it('takes years the same way', () => {
    expect(shown(tablesOf(turn).years)).toEqual([
      ['2023-01-01', 0.2],
      ['2024-01-01', 0.125],
    ])
  })

  it('sums up days, weeks, months and years', () => {
    const { summary } = tablesOf(turn)
    expect(summary.month).toEqual({
      periods: 4,
      best: { fromMs: at('2024-03-01T00:00'), returnFraction: 0.25 },
      worst: { fromMs: at('2024-01-01T00:00'), returnFraction: 108 / 120 - 1 },
      positiveFraction: 0.5,
      meanReturn: expect.closeTo((0.2 - 0.1 + 0 + 0.25) / 4, 14),
    })
    // 30 December to 2 March, both included.
    expect(summary.day.periods).toBe(64)
    // 10 %, then 120 / 110 - 1 = 9.09 %, 10 % and 25 % go up.
    expect(summary.day.positiveFraction).toBe(4 / 64)
    expect(summary.day.worst?.fromMs).toBe(at('2024-01-31T00:00'))
    expect(summary.year.best?.returnFraction).toBeCloseTo(0.2, 14)
  })

  it('starts weeks on Mondays', () => {
    // 2023-12-30 is a Saturday, 2024-01-01 a Monday.
    const { summary } = tablesOf({
      times: ['2023-12-30T00:00', '2023-12-31T00:00', '2024-01-01T00:00', '2024-01-08T00:00'],
      equity: [90, 80, 120, 132],
    })
    expect(summary.week.periods).toBe(3)
    expect(summary.week.worst).toEqual({
      fromMs: at('2023-12-25T00:00'),
      returnFraction: expect.closeTo(-0.2, 14),
    })
    expect(summary.week.best).toEqual({ fromMs: at('2024-01-01T00:00'), returnFraction: 0.5 })
  })

  it('knows leap days and days before 1970', () => {
    const { months, years } = tablesOf({
      times: ['1968-02-28T00:00', '1968-02-29T00:00', '1968-03-01T00:00', '1970-01-01T00:00'],
      equity: [100, 110, 121, 121],
    })
    expect(shown(months).slice(0, 2)).toEqual([
      ['1968-02-01', 0.1],
      ['1968-03-01', 0.1],
    ])
    expect(shown(years)).toEqual([
      ['1968-01-01', 0.21],
      ['1969-01-01', 0],
      ['1970-01-01', 0],
    ])
  })

  it('leaves warm-up out', () => {
    const warm = tablesOf({ ...turn, firstTradableBar: 3 })
    expect(shown(warm.months)[0]).toEqual(['2024-01-01', 0.08])
    expect(warm.years).toHaveLength(1)
  })

  it('ends with the account at -100 %', () => {
    const { months, summary } = tablesOf({
      times: ['2024-01-01T00:00', '2024-02-01T00:00', '2024-03-01T00:00'],
      equity: [110, -3, 400],
    })
    expect(shown(months)).toEqual([
      ['2024-01-01', 0.1],
      ['2024-02-01', -1],
    ])
    expect(summary.year.worst?.returnFraction).toBe(-1)
  })

  it('is empty without a tradable bar', () => {
    const none = { periods: 0, best: null, worst: null, positiveFraction: null, meanReturn: null }
    for (const nothing of [tablesOf({ times: [], equity: [] }), tablesOf({ ...turn, firstTradableBar: 7 })]) {
      expect(nothing).toEqual({
        summary: { day: none, week: none, month: none, year: none },
        months: [],
        years: [],
        entryHours: [],
      })
    }
  })

  it('sorts trades by the UTC hour of the week of their entry bar', () => {
    const trade = (entry: string, pnl: number, returnFraction: number): EntryResult => ({
      entryTime: at(entry),
      pnl,
      returnFraction,
    })
    // 2024-01-01 is a Monday, 2024-01-07 a Sunday.
    const { entryHours } = tablesOf({
      times: ['2024-01-01T00:00'],
      equity: [100],
      trades: [
        trade('2024-01-07T23:59', -4, -0.04),
        trade('2024-01-01T00:00', 1, 0.01),
        trade('2024-01-08T00:30', 5, 0.02),
        trade('2024-01-15T00:59', -2, -0.06),
        trade('2024-01-01T01:00', 0, 0),
      ],
    })
    expect(entryHours).toEqual([
      { weekday: 1, hour: 0, trades: 3, wins: 2, pnl: 4, meanReturn: expect.closeTo(-0.01, 14) },
      { weekday: 1, hour: 1, trades: 1, wins: 0, pnl: 0, meanReturn: 0 },
      { weekday: 7, hour: 23, trades: 1, wins: 0, pnl: -4, meanReturn: -0.04 },
    ])
  })

  it('refuses equity of another length', () => {
    expect(() => tablesOf({ times: ['2024-01-01T00:00'], equity: [] })).toThrow('0 rows for 1 bars')
  })
})

describe('for any curve', () => {
  const curves = fc.record({
    startMs: fc.integer({ min: -100 * 365, max: 130 * 365 }).map((day) => day * DAY_MS),
    stepHours: fc.integer({ min: 1, max: 500 }),
    equity: fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 }),
  })

  it('every period compounds to the total return, and follows the one before', () => {
    fc.assert(
      fc.property(curves, ({ startMs, stepHours, equity }) => {
        const { months, years, summary } = periodicTables({
          time: Float64Array.from(equity, (_, bar) => startMs + bar * stepHours * HOUR_MS),
          equity: Float64Array.from(equity),
          initialCapital: 50,
          firstTradableBar: 0,
          trades: [],
        })
        const total = equity.at(-1)! / 50
        for (const list of [months, years]) {
          const compounded = list.reduce((growth, { returnFraction }) => growth * (1 + returnFraction), 1)
          expect(compounded / total).toBeCloseTo(1, 9)
        }
        for (const [index, { fromMs }] of months.entries()) {
          const next = months[index + 1]
          const date = new Date(fromMs)
          expect([date.getUTCDate(), date.getUTCHours()]).toEqual([1, 0])
          if (next) expect(next.fromMs).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1))
        }
        const [days, weeks, ...longer] = PERIODS.map((period) => summary[period].periods)
        expect([days, ...longer]).toEqual([days, ...longer].toSorted((a, b) => b! - a!))
        expect(weeks).toBeGreaterThanOrEqual(Math.floor(days! / 7))
      }),
      { seed: 20_240_502, numRuns: 300 },
    )
  })
})
