import { generateCandles } from '@botcriptofy/engine/market'
import { digestCandles } from '@botcriptofy/store/candles'
import { openDatabase } from '@botcriptofy/store/database'
import { afterAll, describe, expect, it } from 'vitest'
import { DatasetCache, DatasetChanged } from './dataset-cache.ts'

const BARS = 100
const BYTES = BARS * 6 * 8

const candlesOf = (seed: number) =>
  generateCandles({ seed, bars: BARS, startMs: 0, timeframeMs: 60_000, startPrice: 100 })

const pinned = (seed: number) => ({
  seriesId: `series-${seed}`,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  bars: BARS,
  digest: digestCandles(candlesOf(seed)),
})

// Never connects: the cache reads through the function it is given.
const database = openDatabase({ url: 'postgres://127.0.0.1:1/none', poolSize: 1, name: 'dataset-cache-test' })
afterAll(() => database.close())

const cacheOf = (datasets: number, options?: { readonly failFirst?: boolean }) => {
  const reads: string[] = []
  const cache = new DatasetCache({
    pool: database.pool,
    limitBytes: datasets * BYTES,
    read: async ({ seriesId }) => {
      reads.push(seriesId)
      await Promise.resolve()
      if (options?.failFirst === true && reads.length === 1) throw new Error('connection lost')
      return candlesOf(Number(seriesId.slice('series-'.length)))
    },
  })
  return { cache, reads }
}

describe('DatasetCache', () => {
  it('reads a dataset once, also for requests that come while it is being read', async () => {
    const { cache, reads } = cacheOf(2)
    const [first, second] = await Promise.all([cache.load(pinned(1)), cache.load(pinned(1))])
    const third = await cache.load(pinned(1))
    expect(reads).toEqual(['series-1'])
    expect(second).toBe(first)
    expect(third).toBe(first)
    expect(cache.bytes).toBe(BYTES)
  })

  it('lets the least recently used dataset go when the bytes exceed the limit', async () => {
    const { cache, reads } = cacheOf(2)
    await cache.load(pinned(1))
    await cache.load(pinned(2))
    await cache.load(pinned(1))
    await cache.load(pinned(3))
    expect(cache.bytes).toBe(2 * BYTES)
    await cache.load(pinned(1))
    expect(reads).toEqual(['series-1', 'series-2', 'series-3'])
    await cache.load(pinned(2))
    expect(reads).toEqual(['series-1', 'series-2', 'series-3', 'series-2'])
  })

  it('keeps a dataset that alone is larger than the limit', async () => {
    const { cache, reads } = cacheOf(0.5)
    await cache.load(pinned(1))
    await cache.load(pinned(1))
    expect(reads).toEqual(['series-1'])
    await cache.load(pinned(2))
    expect(cache.bytes).toBe(BYTES)
  })

  it('refuses bars that are not those pinned, and keeps nothing of them', async () => {
    const { cache } = cacheOf(2)
    const moved = { ...pinned(1), seriesId: 'series-2' }
    const error = await cache.load(moved).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DatasetChanged)
    expect(error).toMatchObject({ expectedDigest: pinned(1).digest, actualDigest: pinned(2).digest })
    expect(cache.bytes).toBe(0)
  })

  it('tries again after a read that failed', async () => {
    const { cache, reads } = cacheOf(2, { failFirst: true })
    await expect(cache.load(pinned(1))).rejects.toThrow('connection lost')
    expect((await cache.load(pinned(1))).time.length).toBe(BARS)
    expect(reads).toHaveLength(2)
  })
})
