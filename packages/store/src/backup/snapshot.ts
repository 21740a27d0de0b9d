import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { withCopyTransaction } from '../candles/index.ts'
import type { OpenDatabase } from '../database/index.ts'
import { type AppliedMigration, readApplied, withoutMigrations } from '../migrate/index.ts'
import { orAborted } from './abort.ts'
import { fixCopyText, listTables, quoted, quotedList, readSequences, type SequenceState } from './catalog.ts'
import type { TableShape } from './catalog.ts'

/** The whole database as it was at one instant, while others go on writing. */
export interface Snapshot {
  readonly postgres: string
  readonly migrations: readonly AppliedMigration[]
  readonly sequences: readonly SequenceState[]
  /** Each after the ones its rows refer to. */
  readonly tables: readonly (TableShape & { readonly rows: number })[]
  /** The rows of a table in COPY's text format, a line each; read to the end before the next one is asked for. */
  readonly read: (table: TableShape) => Readable
}

/** There is nothing to back up. */
export class NoSchema extends Error {}

/** Calls `use` with a snapshot that lasts until it ends. */
export const withSnapshot = <T>(
  open: Pick<OpenDatabase, 'pool'>,
  signal: AbortSignal,
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> =>
  withoutMigrations(open.pool, () =>
    withCopyTransaction(open, ({ client }) => orAborted(signal, useSnapshot(client, use))),
  )

const useSnapshot = async <T>(client: pg.ClientBase, use: (snapshot: Snapshot) => Promise<T>): Promise<T> => {
  await client.query('set transaction isolation level repeatable read, read only')
  await fixCopyText(client)
  const migrations = await readApplied(client)
  if (migrations === undefined) throw new NoSchema('the database is empty: no migration was ever applied')
  const tables = await listTables(client)
  return use({
    postgres: await serverVersion(client),
    migrations,
    sequences: await readSequences(client),
    tables: await countRows(client, tables),
    read: ({ name, columns }) =>
      client.query(copyTo(`copy (select ${quotedList(columns)} from ${quoted(name)}) to stdout`)),
  })
}

const serverVersion = async (client: pg.ClientBase): Promise<string> => {
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  return rows[0]?.server_version ?? 'unknown'
}

const countRows = async (client: pg.ClientBase, tables: readonly TableShape[]) => {
  const counted: (TableShape & { readonly rows: number })[] = []
  for (const table of tables) {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${quoted(table.name)}`,
    )
    counted.push({ ...table, rows: rows[0]?.rows ?? 0 })
  }
  return counted
}
