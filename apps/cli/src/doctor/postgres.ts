import { join } from 'node:path'
import { inspectDatabase, largestTables, openDatabase, type OpenDatabase } from '@botcriptofy/store/database'
import { findPendingMigrations, readMigrations } from '@botcriptofy/store/migrate'
import { repositoryRoot } from '../root.ts'
import { fail, type Finding, ok, reasonOf, sizeText, warn } from './finding.ts'

const LOWEST_MAJOR = 15

export const examinePostgres = async (url: string, isGiven: boolean): Promise<readonly Finding[]> => {
  const database = openDatabase({ url, poolSize: 1, name: 'botcriptofy-doctor' })
  const source = isGiven ? 'DATABASE_URL' : 'embedded'
  try {
    const { version, timescaleVersion, bytes } = await inspectDatabase(database.pool)
    const detail = `${source}, PostgreSQL ${version}, database ${sizeText(bytes)}`
    return [
      Number.parseInt(version) >= LOWEST_MAJOR
        ? ok('postgres', detail)
        : fail('postgres', detail, `expected PostgreSQL ${LOWEST_MAJOR} or newer`),
      ok(
        'timescale',
        timescaleVersion === undefined
          ? 'off: candles are in native partitions'
          : `on, ${timescaleVersion}: candles are in a hypertable`,
      ),
      await examineMigrations(database),
      await examineTables(database),
    ]
  } catch (error) {
    const hint = isGiven ? 'check DATABASE_URL and that the server runs' : 'npm run stop, then npm start'
    return [fail('postgres', `${source}, no answer: ${reasonOf(error)}`, hint)]
  } finally {
    await database.close()
  }
}

const SHOWN_TABLES = 4

/** What takes the room; partitions and indexes count to their table. */
const examineTables = async ({ pool }: OpenDatabase): Promise<Finding> => {
  const largest = await largestTables(pool, SHOWN_TABLES)
  const sizes = largest.map(({ table, bytes }) => `${table} ${sizeText(bytes)}`)
  return ok('largest tables', sizes.length === 0 ? 'none' : sizes.join(', '))
}

/** Postgres' code for a table that is not there. */
const UNDEFINED_TABLE = '42P01'

const examineMigrations = async ({ pool }: OpenDatabase): Promise<Finding> => {
  const migrations = await readMigrations(join(repositoryRoot, 'migrations'))
  const hint = 'npm start applies them, and so does botcriptofy migrate'
  try {
    const pending = await findPendingMigrations(pool, migrations)
    return pending.length === 0
      ? ok('migrations', `all ${migrations.length} applied`)
      : warn('migrations', `pending: ${pending.map(({ name }) => name).join(', ')}`, hint)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE) {
      return warn('migrations', `none of ${migrations.length} applied: the database is empty`, hint)
    }
    return fail('migrations', reasonOf(error), 'run the version of this program that the database belongs to')
  }
}
