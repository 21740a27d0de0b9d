import { expect, test } from 'vitest'
import { runInBatches } from './run-batches.ts'

const ITEMS = Array.from({ length: 500 }, (_, i) => i)
const double = (batch: readonly number[]) => batch.map((item) => 2 * item)

/** Takes so long for each item. */
const busyFor = (ms: number, items: number): void => {
  const endMs = performance.now() + ms * items
  while (performance.now() < endMs);
}

test('all items are run once, and their outcomes are in their order', async () => {
  const reported: number[] = []
  const sizes: number[] = []
  const outcomes = await runInBatches({
    items: ITEMS,
    run: (batch) => {
      sizes.push(batch.length)
      return Promise.resolve(double(batch))
    },
    report: (done) => Promise.resolve(void reported.push(done)),
  })
  expect(outcomes).toEqual(double(ITEMS))
  expect(sizes[0]).toBe(1)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64)
  expect(reported.at(-1)).toBe(ITEMS.length)
})

test.each([
  [30, 1],
  [5, 5],
])('items of %d ms go at most %d together', async (ms, atMost) => {
  const sizes: number[] = []
  await runInBatches({
    items: ITEMS.slice(0, 20),
    run: (batch) => {
      sizes.push(batch.length)
      busyFor(ms, batch.length)
      return Promise.resolve(double(batch))
    },
  })
  expect(Math.max(...sizes)).toBeLessThanOrEqual(atMost)
})

test('nothing is run when there is nothing to run', async () => {
  const run = () => Promise.reject(new Error('expected no call'))
  expect(await runInBatches({ items: [], run })).toEqual([])
})
