import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

export interface Migration {
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

/** One that a database has had. */
export type AppliedMigration = Omit<Migration, 'sql'>

/** The database holds a migration that this code does not know, or knows with another text. */
export class MigrationMismatch extends Error {}

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

/** Files `NNNN_name.sql` in order; a gap in the numbers or a stray file is an error. */
export const readMigrations = async (directory: string): Promise<readonly Migration[]> => {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file, index) => {
      const number = FILE.exec(file)?.[1]
      if (number === undefined || Number(number) !== index + 1) {
        throw new MigrationMismatch(
          `expected migration ${index + 1} as NNNN_name.sql without a gap, was ${file}`,
        )
      }
      const sql = await readFile(join(directory, file), 'utf8')
      return { name: file.slice(0, -4), sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** Any fixed number that nothing else in the database locks. */
const ADVISORY_LOCK = 7_202_611_220_001

/** Keeps migrations of other processes out until the connection's transaction ends. */
export const lockMigrations = (client: pg.ClientBase) =>
  client.query('select pg_advisory_xact_lock($1)', [ADVISORY_LOCK])

/** Runs `use` while no migration can begin, without hindering anything else. */
export const withoutMigrations = async <T>(pool: pg.Pool, use: () => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock_shared($1)', [ADVISORY_LOCK])
    return await use()
  } finally {
    // Destroyed, not returned: the lock ends with the session.
    client.release(true)
  }
}

/** What the database has had, oldest first; undefined where no migration was ever applied. */
export const readApplied = async (
  client: pg.ClientBase,
): Promise<readonly AppliedMigration[] | undefined> => {
  const found = await client.query<{ is_there: boolean }>(
    "select to_regclass('schema_migration') is not null as is_there",
  )
  if (found.rows[0]?.is_there !== true) return undefined
  const applied = await client.query<AppliedMigration>(
    'select name, sha256 from schema_migration order by name',
  )
  return applied.rows
}

/**
 * Applies what is missing of these, each by way of `each`, which may make a transaction of it. Returns the names
 * applied.
 */
export const applyMigrations = async (
  client: pg.ClientBase,
  migrations: readonly Migration[],
  each: (apply: () => Promise<void>) => Promise<void>,
): Promise<readonly string[]> => {
  await client.query(
    `create table if not exists schema_migration (
       name text primary key, sha256 text not null, applied_at timestamptz not null default now())`,
  )
  const pending = pendingMigrations(migrations, (await readApplied(client)) ?? [])
  for (const migration of pending) {
    await each(async () => {
      await client.query(migration.sql)
      await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [
        migration.name,
        migration.sha256,
      ])
    })
  }
  return pending.map((migration) => migration.name)
}

/**
 * Applies what is missing, each file in a transaction of its own, under an advisory lock so that processes that start
 * together do not race. Returns the names applied.
 */
export const migrate = async (url: string, directory: string): Promise<readonly string[]> => {
  const migrations = await readMigrations(directory)
  const client = new pg.Client({ connectionString: url, application_name: 'botcriptofy-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
    return await applyMigrations(client, migrations, async (apply) => {
      await client.query('begin')
      await apply()
      await client.query('commit')
    })
  } finally {
    await client.end()
  }
}

/** Forward only: what the database has must be a prefix of what the files say, byte for byte. */
export const pendingMigrations = (
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] => {
  for (const [index, row] of applied.entries()) {
    const known = migrations[index]
    if (known === undefined || known.name !== row.name) {
      throw new MigrationMismatch(`the database has migration ${row.name}, which this version does not know`)
    }
    if (known.sha256 !== row.sha256) {
      throw new MigrationMismatch(`migration ${row.name} was edited after it had been applied`)
    }
  }
  return migrations.slice(applied.length)
}
