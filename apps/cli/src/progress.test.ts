import { describe, expect, it } from 'vitest'
import { paceText } from './progress.ts'

describe('the pace beside a bar', () => {
  it.each([
    [412.4, 130_000, ' · 412/s · 2m 10s left'],
    [4.25, 3000, ' · 4.3/s · 3s left'],
    [0.05, 5_400_000, ' · 3.0/min · 1h 30m left'],
    [null, null, ''],
  ])('of %s a second and %s ms is written "%s"', (ratePerSecond, timeLeftMs, text) => {
    expect(paceText({ ratePerSecond, timeLeftMs })).toBe(text)
  })
})
