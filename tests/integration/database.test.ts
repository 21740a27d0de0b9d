import { openDatabase } from '@botcriptofy/store/database'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { testDatabase } from '@botcriptofy/testkit/database'
import { waitFor } from '@botcriptofy/testkit/wait'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'

const admin = await testDatabase()
afterAll(() => admin.close())

test('a transaction whose connection the server ends fails, and the process goes on', async () => {
  const errors: Error[] = []
  const { db, close } = openDatabase({
    url: admin.url,
    poolSize: 1,
    name: 'test',
    onError: (error) => errors.push(error),
  })
  try {
    // Nothing is being asked when the connection ends, as in a transaction that waits for Redis.
    const work = db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await admin.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await waitFor(() => errors.length > 0, { describe: 'the end of the connection' })
      await sql`select 1`.execute(tx)
    })
    expect(isDatabaseAway(await work.catch((error: unknown) => error))).toBe(true)
    expect((await sql<{ one: number }>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
  } finally {
    await close()
  }
})
