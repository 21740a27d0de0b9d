import { describe, expect, it } from 'vitest'
import { createRetention } from './retention.ts'

/** What is kept after entries at an even pace. */
const keptAfter = (
  entries: number,
  {
    everyMs,
    mostEntries = 10_000,
    retention = createRetention({ seconds: 60, mostEntries }),
    fromMs = 0,
  }: {
    everyMs: number
    mostEntries?: number
    retention?: ReturnType<typeof createRetention>
    fromMs?: number
  },
) => {
  let kept = 0
  for (let at = 0; at < entries; at += 1) kept = retention.next(fromMs + at * everyMs)
  return kept
}

describe('createRetention', () => {
  it('keeps what it may until it has seen the whole time', () => {
    expect(keptAfter(590, { everyMs: 100 })).toBe(10_000)
  })

  it('keeps as many as came within the time, and not more than a part of it more', () => {
    const kept = keptAfter(5000, { everyMs: 100 })
    expect(kept).toBeGreaterThanOrEqual(600)
    expect(kept).toBeLessThanOrEqual(661)
  })

  it('keeps a burst for as long as it is younger than the time', () => {
    const retention = createRetention({ seconds: 60, mostEntries: 10_000 })
    keptAfter(60, { retention, everyMs: 1000 })
    keptAfter(3000, { retention, everyMs: 1, fromMs: 60_000 })
    expect(retention.next(119_000)).toBeGreaterThan(3000)
    // The time between had no entries at all.
    expect(retention.next(300_000)).toBe(100)
  })

  it.each([
    ['never more than it may', 10, 500, 500],
    ['never less than a node of Redis', 60_000, 10_000, 100],
  ])('keeps %s', (_, everyMs, mostEntries, kept) => {
    expect(keptAfter(10_000, { everyMs, mostEntries })).toBe(kept)
  })
})
