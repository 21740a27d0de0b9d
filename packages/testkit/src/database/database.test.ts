import { describe, expect, it } from 'vitest'
import { testDatabase } from './database.ts'

describe('testDatabase', () => {
  it('gives migrated databases that do not see each other and are gone after close', async () => {
    const [first, second] = await Promise.all([testDatabase(), testDatabase()])
    try {
      await first.db.insertInto('instrument').values({ venue: 'binance', symbol: 'BTC/USDT' }).execute()
      expect(await second.db.selectFrom('instrument').selectAll().execute()).toEqual([])
      await second.close()
      const names = await first.pool.query('select datname from pg_database where datname = $1', [
        new URL(second.url).pathname.slice(1),
      ])
      expect(names.rowCount).toBe(0)
    } finally {
      await first.close()
    }
  })
})
