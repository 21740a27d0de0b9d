import { seededRandom } from '@botcriptofy/engine/kernel'
import { describe, expect, it } from 'vitest'
import { createBackoff } from './backoff.ts'

describe('createBackoff', () => {
  it('retries at once and then over a span that doubles to 30 s', () => {
    const backoff = createBackoff(() => 1)
    const delays = Array.from({ length: 9 }, () => backoff.nextDelayMs())
    expect(delays).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  it('spreads the delays over the whole span', () => {
    const backoff = createBackoff(seededRandom(5))
    const delays = Array.from({ length: 500 }, () => backoff.nextDelayMs()).slice(10)
    const mean = delays.reduce((a, b) => a + b, 0) / delays.length
    expect(Math.min(...delays)).toBeLessThan(1000)
    expect(Math.max(...delays)).toBeGreaterThan(29_000)
    expect(mean).toBeGreaterThan(13_000)
    expect(mean).toBeLessThan(17_000)
  })

  it.each([
    ['was up for 30 s and delivered', { upMs: 30_000, delivered: true }, 0],
    ['was cut early', { upMs: 29_999, delivered: true }, 4000],
    ['never delivered', { upMs: 90_000, delivered: false }, 4000],
  ])('after a connection that %s', (_, connection, delay) => {
    const backoff = createBackoff(() => 1)
    for (let tries = 0; tries < 3; tries += 1) backoff.nextDelayMs()
    backoff.ended(connection)
    expect(backoff.nextDelayMs()).toBe(delay)
  })
})
