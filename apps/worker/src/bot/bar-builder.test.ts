import type { BarPrices } from '@botcriptofy/engine/paper'
import { describe, expect, it } from 'vitest'
import { buildBar, newestBarOpen } from './bar-builder.ts'

const MINUTE_MS = 60_000
const minuteAt = (minute: number): BarPrices => {
  const open = 100 + minute
  return { time: minute * MINUTE_MS, open, high: open + 2, low: open - 3, close: open + 1, volume: 0.5 }
}
const minutes = (...list: readonly number[]) => new Map(list.map((at) => [at * MINUTE_MS, minuteAt(at)]))

describe('a bar made of the minutes of the tape', () => {
  it('has the first open, the extremes, the last close and the whole volume', () => {
    expect(buildBar(minutes(4, 5, 6, 7, 8, 9, 10), 5 * MINUTE_MS, 5 * MINUTE_MS)).toEqual({
      time: 5 * MINUTE_MS,
      open: 105,
      high: 111,
      low: 102,
      close: 110,
      volume: 2.5,
    })
    expect(buildBar(minutes(7), 7 * MINUTE_MS, MINUTE_MS)).toEqual(minuteAt(7))
  })

  it('is none while a minute is missing, wherever', () => {
    for (const missing of [5, 7, 9]) {
      const there = [5, 6, 7, 8, 9].filter((minute) => minute !== missing)
      expect(buildBar(minutes(...there), 5 * MINUTE_MS, 5 * MINUTE_MS)).toBeUndefined()
    }
  })

  it.each([
    [4, 5, 0],
    [5, 5, 0],
    [8, 5, 0],
    [9, 5, 5],
    [10, 5, 5],
    [3, 1, 3],
  ])(
    'has closed with minute %i for bars of %i minutes up to the one that opens at %i',
    (minute, length, open) => {
      expect(newestBarOpen(minute * MINUTE_MS, length * MINUTE_MS)).toBe(open * MINUTE_MS)
    },
  )
})
