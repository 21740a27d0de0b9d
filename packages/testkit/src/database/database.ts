import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openDatabase, type OpenDatabase } from '@botcriptofy/store/database'
import { migrate, readMigrations } from '@botcriptofy/store/migrate'
import { repositoryRoot } from '../config.ts'
import { testDatabaseUrl } from '../services/index.ts'

export interface TestDatabase extends OpenDatabase {
  readonly url: string
}

const MIGRATIONS = join(repositoryRoot, 'migrations')

/** Any fixed number that nothing else in the cluster locks. */
const TEMPLATE_LOCK = 7_202_611_220_099

/**
 * A migrated database of one's own, cloned from a template that the first test file of a run builds. `close` ends its
 * connections and drops it.
 */
export const testDatabase = async (options?: {
  readonly poolSize?: number
  /** Without a schema. */
  readonly isFresh?: true
}): Promise<TestDatabase> => {
  const adminUrl = await testDatabaseUrl()
  const name = `botcriptofy_test_${randomBytes(8).toString('hex')}`
  await withAdmin(adminUrl, async (admin) => {
    const template = options?.isFresh ? 'template1' : await ensureTemplate(admin, adminUrl)
    await admin.pool.query(`create database ${name} template ${template}`)
  })
  const url = withDatabase(adminUrl, name)
  const open = openDatabase({ url, poolSize: options?.poolSize ?? 8, name: 'botcriptofy-test' })
  const close = async () => {
    await open.close()
    await withAdmin(adminUrl, async ({ pool }) => {
      await pool.query(`drop database if exists ${name} with (force)`)
    })
  }
  return { ...open, url, close }
}

/** The migrations' checksum is part of the name, so a template is never older than the files. */
const ensureTemplate = async (admin: OpenDatabase, adminUrl: string): Promise<string> => {
  const hash = createHash('sha256')
  for (const { sha256 } of await readMigrations(MIGRATIONS)) hash.update(sha256)
  const template = `botcriptofy_template_${hash.digest('hex').slice(0, 16)}`
  const client = await admin.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const found = await client.query('select from pg_database where datname = $1', [template])
    if (found.rowCount === 0) {
      // Migrated under another name first: a run that dies half-way leaves no template that looks whole.
      const draft = `${template}_draft`
      await client.query(`drop database if exists ${draft} with (force)`)
      await client.query(`create database ${draft}`)
      await migrate(withDatabase(adminUrl, draft), MIGRATIONS)
      await client.query(`alter database ${draft} rename to ${template}`)
    }
    return template
  } finally {
    // Destroyed, not returned: the lock ends with the session.
    client.release(true)
  }
}

const withAdmin = async (url: string, use: (admin: OpenDatabase) => Promise<void>): Promise<void> => {
  const admin = openDatabase({ url, poolSize: 2, name: 'botcriptofy-test-admin' })
  try {
    await use(admin)
  } finally {
    await admin.close()
  }
}

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
