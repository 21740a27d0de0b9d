import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Database } from './tables.ts'

/** A connection pool or a transaction: every query function takes one, so that callers compose transactions. */
export type Db = Kysely<Database>
export type Tx = Transaction<Database>

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
  })
  // An idle connection that the server ends (a restart) must not end the process; the next query reconnects.
  pool.on('error', (error) => options.onError?.(error))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close: () => db.destroy() }
}
