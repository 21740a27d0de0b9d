import { describe, expect, it } from 'vitest'
import type { Candles } from './candles.ts'
import { foreignBarLength } from './foreign-bars.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const atHours = (hours: readonly number[]): Candles => {
  const ones = new Float64Array(hours.length).fill(1)
  const time = Float64Array.from(hours, (hour) => hour * HOUR_MS)
  return { time, open: ones, high: ones, low: ones, close: ones, volume: ones }
}
const every = (hours: number, bars: number): Candles =>
  atHours(Array.from({ length: bars }, (_, bar) => bar * hours))

describe('foreignBarLength', () => {
  it.each<readonly [string, Candles, number, number]>([
    ['days as hours', every(24, 100), HOUR_MS, DAY_MS],
    ['days with holes as hours', atHours([0, 24, 72, 96, 240]), HOUR_MS, DAY_MS],
    ['a few days that do not begin at midnight', atHours([5, 29, 53, 77]), HOUR_MS, DAY_MS],
    ['hours as minutes', every(1, 10), 60_000, HOUR_MS],
    ['four hours as hours', every(4, 20), HOUR_MS, 4 * HOUR_MS],
    ['weeks as days', every(168, 20), DAY_MS, 7 * DAY_MS],
  ])('finds %s', (_, candles, barMs, expected) => {
    expect(foreignBarLength(candles, barMs)).toBe(expected)
  })

  it.each<readonly [string, Candles]>([
    ['hours', every(1, 100)],
    ['days in which two hours follow each other once', atHours([0, 24, 48, 49, 72, 96, 120, 144])],
    ['sparse hours with holes of any length', atHours([0, 2, 9, 11, 14, 30, 33, 47, 48])],
    ['steps of several hours without a common length', atHours([0, 4, 10, 14, 24, 33])],
    ['two bars a day apart', atHours([0, 24])],
    ['three bars with a hole before each', atHours([0, 2, 4])],
    ['one bar', atHours([0])],
    ['no bar', atHours([])],
  ])('leaves %s as they are', (_, candles) => {
    expect(foreignBarLength(candles, HOUR_MS)).toBeUndefined()
  })
})
