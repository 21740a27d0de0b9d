import { createRedis } from '@botcriptofy/runtime/redis'
import { ownRedisUrl } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createDialBudget, DIAL_BURST } from '@botcriptofy/runtime/connection'

const redis = createRedis(await ownRedisUrl(), 'command')
beforeEach(() => redis.flushdb())
afterAll(() => redis.disconnect())

const SPACING_MS = 100

test('processes that come back together dial one after the other, but for a few', async () => {
  const processes = Array.from({ length: 4 }, () =>
    createDialBudget({ redis, venue: 'kraken', spacingMs: SPACING_MS, random: () => 0.1 }),
  )
  const startedMs = performance.now()
  const dialledMs: number[] = []
  for (const dials of processes) {
    for (let dial = 0; dial < 3; dial++) dials.schedule(() => dialledMs.push(performance.now() - startedMs))
  }
  await waitFor(() => dialledMs.length === 12, { describe: 'twelve dials' })
  // Redis counts whole milliseconds, and began to count a moment after we did.
  for (const [at, ms] of dialledMs.entries()) expect(ms).toBeGreaterThan((at - DIAL_BURST) * SPACING_MS - 20)
})

test('another venue has a budget of its own', async () => {
  let dials = 0
  for (const venue of ['kraken', 'binance']) {
    const budget = createDialBudget({ redis, venue, spacingMs: 60_000, random: () => 0 })
    for (let dial = 0; dial < DIAL_BURST + 3; dial++) budget.schedule(() => void (dials += 1))
    onTestFinished(() => budget.clear())
  }
  await waitFor(() => dials >= 2 * DIAL_BURST, { describe: 'what both allow at once' })
  expect(dials).toBe(2 * DIAL_BURST)
})

test('without Redis each process keeps the pace for itself', async () => {
  const nowhere = createRedis('redis://127.0.0.1:1', 'command')
  nowhere.on('error', () => undefined)
  onTestFinished(() => nowhere.disconnect())
  const budget = createDialBudget({ redis: nowhere, venue: 'kraken', spacingMs: 50, random: () => 0 })
  const startedMs = performance.now()
  const dialledMs: number[] = []
  for (let dial = 0; dial < 3; dial++) budget.schedule(() => dialledMs.push(performance.now()))
  await waitFor(() => dialledMs.length === 3, { describe: 'three dials' })
  // A busy machine dials the first one late, and none of them early.
  expect(dialledMs[2]! - startedMs).toBeGreaterThan(95)
})
