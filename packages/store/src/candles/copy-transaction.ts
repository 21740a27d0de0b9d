import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { Database, Db, OpenDatabase } from '../database/index.ts'

/** One transaction seen two ways: as Kysely for queries and as the plain connection that COPY needs. */
export interface CopyTransaction {
  readonly tx: Db
  readonly client: pg.PoolClient
}

/** Commits when `use` succeeds, rolls back when it throws. */
export const withCopyTransaction = async <T>(
  open: Pick<OpenDatabase, 'pool'>,
  use: (copy: CopyTransaction) => Promise<T>,
): Promise<T> => {
  const client = await open.pool.connect()
  let failure: unknown
  try {
    await client.query('begin')
    const result = await use({ tx: kyselyOn(client), client })
    await client.query('commit')
    return result
  } catch (error) {
    failure = error
    throw error
  } finally {
    // After a failure the state of a COPY on the wire is uncertain; closing the connection rolls back for sure.
    client.release(failure !== undefined)
  }
}

const kyselyOn = (client: pg.PoolClient): Db =>
  new Kysely<Database>({
    dialect: new PostgresDialect({
      pool: {
        connect: async () => ({ query: client.query.bind(client), release: () => undefined }),
        end: async () => undefined,
      },
    }),
  })
