import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { liveGauge, sampled } from './live-gauge.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('one reading serves all who ask within half a second, and no longer', async () => {
  const read = vi.fn<() => Promise<number>>().mockResolvedValue(7)
  const ask = sampled(read)
  expect(await Promise.all([ask(), ask()])).toEqual([7, 7])
  await vi.advanceTimersByTimeAsync(400)
  expect([await ask(), read.mock.calls.length]).toEqual([7, 1])
  await vi.advanceTimersByTimeAsync(200)
  expect([await ask(), read.mock.calls.length]).toEqual([7, 2])
})

test('a reading that fails gives undefined, and the next one counts again', async () => {
  const read = vi.fn<() => Promise<number>>().mockResolvedValue(7).mockRejectedValueOnce(new Error('away'))
  const ask = sampled(read)
  expect(await ask()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(600)
  expect(await ask()).toBe(7)
})

test('a reading without an answer is left after 300 ms, and no second one is begun beside it', async () => {
  let answer: (value: number) => void = () => undefined
  const read = vi.fn<() => Promise<number>>(() => new Promise((resolve) => (answer = resolve)))
  const ask = sampled(read)
  const first = ask()
  await vi.advanceTimersByTimeAsync(300)
  expect(await first).toBeUndefined()
  await vi.advanceTimersByTimeAsync(60_000)
  const late = ask()
  await vi.advanceTimersByTimeAsync(0)
  expect([await late, read.mock.calls.length]).toEqual([undefined, 1])
  answer(1)
  await vi.advanceTimersByTimeAsync(0)
  const next = ask()
  answer(2)
  expect([await next, read.mock.calls.length]).toEqual([2, 2])
})

test('a gauge that nobody can read is NaN, with labels it has no samples', async () => {
  const registry = new Registry()
  let known: number | undefined = 3
  const read = () => (known === undefined ? undefined : [{ labels: { queue: 'q' }, value: known }])
  liveGauge(registry, { name: 'labelled', help: 'h', labelNames: ['queue'], read })
  liveGauge(registry, {
    name: 'plain',
    help: 'h',
    read: () => (known === undefined ? undefined : [{ value: known }]),
  })
  expect(await registry.metrics()).toContain('botcriptofy_labelled{queue="q"} 3')
  known = undefined
  const text = await registry.metrics()
  expect(text).not.toContain('botcriptofy_labelled{')
  // Prometheus reads the word in any case; prom-client writes it in this one.
  expect(text).toContain('botcriptofy_plain Nan')
})
