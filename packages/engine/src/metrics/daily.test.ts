import { describe, expect, it } from 'vitest'
import { DAY_MS, dailyReturns, dayEndRows, type DayRange, sampleDaily } from './daily.ts'

const HOUR_MS = DAY_MS / 24
const hours = (...list: number[]) => Float64Array.from(list, (hour) => hour * HOUR_MS)

const dailyCurve = ({ values, start, ...range }: DayRange & { values: Float64Array; start: number }) =>
  sampleDaily(values, dayEndRows(range), start)

describe('a daily curve', () => {
  it('keeps the last value of each UTC day after D_0', () => {
    const daily = dailyCurve({
      time: hours(0, 12, 23, 24, 47, 48),
      values: Float64Array.of(1, 2, 3, 4, 5, 6),
      from: 0,
      to: 6,
      start: 10,
      startsOn: 'day_before',
    })
    expect([...daily]).toEqual([10, 3, 5, 6])
  })

  it('starts on the day of the first row when that row is D_0', () => {
    const daily = dailyCurve({
      time: hours(0, 24, 48),
      values: Float64Array.of(1, 2, 3),
      from: 0,
      to: 3,
      start: 1,
      startsOn: 'first_day',
    })
    expect([...daily]).toEqual([1, 2, 3])
  })

  it('carries missing days forward', () => {
    const daily = dailyCurve({
      time: hours(5, 24 * 3 + 1, 24 * 4),
      values: Float64Array.of(7, 8, 9),
      from: 0,
      to: 3,
      start: 6,
      startsOn: 'day_before',
    })
    expect([...daily]).toEqual([6, 7, 7, 7, 8, 9])
  })

  it('leaves out the rows before the first', () => {
    const daily = dailyCurve({
      time: hours(0, 24, 48, 72),
      values: Float64Array.of(1, 2, 3, 4),
      from: 2,
      to: 4,
      start: 10,
      startsOn: 'day_before',
    })
    expect([...daily]).toEqual([10, 3, 4])
  })

  it('counts days of stamps before 1970', () => {
    const daily = dailyCurve({
      time: hours(-25, -1, 0),
      values: Float64Array.of(1, 2, 3),
      from: 0,
      to: 3,
      start: 1,
      startsOn: 'first_day',
    })
    expect([...daily]).toEqual([1, 2, 3])
  })

  it('finds the end of days of any length', () => {
    const perDay = [1, 2, 3, 5, 8, 13, 21, 34, 33, 1, 1, 7]
    const time = perDay.flatMap((rows, day) =>
      Array.from({ length: rows }, (_, row) => day * DAY_MS + (row * DAY_MS) / rows),
    )
    const ends = dayEndRows({
      time: Float64Array.from(time),
      from: 0,
      to: time.length,
      startsOn: 'day_before',
    })
    let end = -1
    expect([...ends]).toEqual([-1, ...perDay.map((rows) => (end += rows))])
  })

  it('is D_0 alone without rows', () => {
    const daily = dailyCurve({
      time: new Float64Array(),
      values: new Float64Array(),
      from: 3,
      to: 0,
      start: 10,
      startsOn: 'day_before',
    })
    expect([...daily]).toEqual([10])
  })
})

describe('dailyReturns', () => {
  it('has one return less than values', () => {
    expect([...dailyReturns(Float64Array.of(100, 110, 99))]).toEqual([110 / 100 - 1, 99 / 110 - 1])
    expect(dailyReturns(Float64Array.of(100))).toHaveLength(0)
  })
})
