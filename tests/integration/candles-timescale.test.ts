import { fileURLToPath } from 'node:url'
import { generateCandles, sliceCandles } from '@botcriptofy/engine/market'
import {
  digestCandles,
  findDataset,
  findSeries,
  importCandles,
  loadCandles,
  readCandles,
} from '@botcriptofy/store/candles'
import { newId, openDatabase } from '@botcriptofy/store/database'
import { migrate } from '@botcriptofy/store/migrate'
import { scopeOf } from '@botcriptofy/store/tenant'
import { afterAll, describe, expect, it } from 'vitest'
import { startTimescale, type Timescale } from './timescale.fixture.ts'

// A WebAssembly build that not every machine can load; the native partitions are tested everywhere.
const timescale = await startTimescale().catch((error: unknown): Timescale | undefined => {
  process.stderr.write(`skipped: TimescaleDB could not be loaded (${String(error)})\n`)
  return undefined
})
afterAll(() => timescale?.close())

describe.skipIf(timescale === undefined)('candles in a TimescaleDB hypertable', () => {
  it('are imported, merged, loaded and digested as in native partitions', { timeout: 120_000 }, async () => {
    const url = timescale?.url ?? ''
    await migrate(url, fileURLToPath(new URL('../../migrations', import.meta.url)))
    const database = openDatabase({ url, poolSize: 1, name: 'timescale-test' })
    try {
      const candles = generateCandles({
        seed: 9,
        bars: 2000,
        startMs: Date.UTC(2024, 0, 20),
        timeframeMs: 3_600_000,
        startPrice: 100,
      })
      const key = { venue: 'binance', symbol: 'BTC/USDT', timeframe: '1h' }
      const target = { ...key, owner: 'shared', isSimulated: true } as const
      const first = await importCandles(database, target, sliceCandles(candles, 0, 1500))
      expect(first).toMatchObject({ inserted: 1500, updated: 0, duplicates: 0 })
      const volume = candles.volume.map((value, i) => (i === 1200 ? value + 1 : value))
      const second = await importCandles(database, target, sliceCandles({ ...candles, volume }, 1000, 2000))
      expect(second).toMatchObject({ inserted: 500, updated: 1, duplicates: 499 })
      expect(second.digest).toBe(digestCandles({ ...candles, volume }))

      const range = { fromMs: candles.time[100]!, toMs: candles.time[1900]! }
      expect(await loadCandles(database, first.seriesId, range)).toEqual(
        sliceCandles({ ...candles, volume }, 100, 1900),
      )
      const series = await findSeries(database.db, scopeOf(newId()), key)
      const pinned = await findDataset(database.db, series!, range)
      expect(pinned).toMatchObject({
        bars: 1800,
        digest: digestCandles(sliceCandles({ ...candles, volume }, 100, 1900)),
      })
      const [row] = await readCandles(database.db, first.seriesId, { ...range, limit: 1 })
      expect(row).toMatchObject({ timestamp: candles.time[100], close: candles.close[100] })

      const chunks = await database.pool.query(
        `select count(*)::int as count from timescaledb_information.chunks where hypertable_name = 'candle'`,
      )
      expect(chunks.rows).toEqual([{ count: 4 }])
    } finally {
      await database.close()
    }
  })
})
