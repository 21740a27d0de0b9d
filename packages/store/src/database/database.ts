import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './tables.ts'

/** A connection pool or a transaction: every query function takes one, so that callers compose transactions. */
export type Db = Kysely<Database>

export interface OpenDatabase {
  readonly db: Db
  /** For COPY, LISTEN and other things that need a plain connection. */
  readonly pool: pg.Pool
  readonly close: () => Promise<void>
}

/** int8 columns hold milliseconds and sequence numbers, all far below 2^53; sums and counts are cast in SQL. */
const parseInt8 = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected an int8 below 2^53, was ${text}`)
  return value
}

/** For a connection, whether new or freed by another; a caller that gets none hears so instead of waiting for ever. */
const CONNECT_LIMIT_MS = 15_000

export const openDatabase = (options: {
  readonly url: string
  readonly poolSize: number
  readonly name: string
  readonly onError?: (error: Error) => void
}): OpenDatabase => {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, parseInt8)
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.name,
    types,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
  })
  // A connection that the server ends (a restart) must not end the process, whether it is idle or its transaction is
  // waiting for something else; its next query fails, and the pool opens another.
  pool.on('connect', (client) => void client.on('error', (error) => options.onError?.(error)))
  pool.on('error', () => undefined)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const close = async () => {
    await db.destroy()
    // Kysely ends the pool only when it has used it.
    if (!pool.ending) await pool.end()
  }
  return { db, pool, close }
}
