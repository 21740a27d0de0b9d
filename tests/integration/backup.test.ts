import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { restoreInto, withSnapshot } from '@botcriptofy/store/backup'
import { authenticateKey } from '@botcriptofy/store/key'
import { migrate, readMigrations } from '@botcriptofy/store/migrate'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withBackupFile } from '../../apps/cli/src/backup/read-backup.ts'
import { writeBackup } from '../../apps/cli/src/backup/write-backup.ts'
import { MONTHS, type WrittenRows, writeRows } from './rows.fixture.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const migrations = await readMigrations(MIGRATIONS)

let folder: string
let source: TestDatabase
let acme: WrittenRows
let backup: string
const opened: TestDatabase[] = []

const fresh = async (): Promise<TestDatabase> => {
  const database = await testDatabase({ isFresh: true })
  opened.push(database)
  return database
}

const cli = async (args: readonly string[], database?: TestDatabase) => {
  const env: Record<string, string> = database === undefined ? {} : { DATABASE_URL: database.url }
  const app = startApp({ app: 'cli', args, env })
  const { code } = await app.exited
  return { code, ...app.output() }
}

const backUp = async (database: TestDatabase, name: string): Promise<string> => {
  const out = join(folder, name)
  const { code, stdout, stderr } = await cli(['backup', '--out', out, '--json'], database)
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ file: out, bytes: (await stat(out)).size })
  return out
}

/** The rows of every table, whatever their order, as one hash a table. */
const contentOf = async ({ pool }: { readonly pool: pg.Pool }): Promise<Record<string, string>> => {
  const tables = await pool.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
     and relkind in ('r', 'p') and not relispartition and relname <> 'schema_migration' order by relname`,
  )
  const content: Record<string, string> = {}
  for (const { name } of tables.rows) {
    const hashed = await pool.query<{ rows: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as rows from "${name}" t`,
    )
    content[name] = hashed.rows[0]?.rows ?? ''
  }
  return content
}

const schemaOf = async ({ pool }: TestDatabase) =>
  (await pool.query<{ name: string }>('select name from schema_migration order by name')).rows.map(
    ({ name }) => name,
  )

/** A folder with the first migrations, and files of its own behind them. */
const migrationsFolder = async (count: number, added: Readonly<Record<string, string>> = {}) => {
  const directory = await mkdtemp(join(folder, 'migrations-'))
  for (const { name } of migrations.slice(0, count)) {
    await copyFile(join(MIGRATIONS, `${name}.sql`), join(directory, `${name}.sql`))
  }
  for (const [name, sql] of Object.entries(added)) await writeFile(join(directory, name), sql)
  return directory
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botcriptofy-backup-'))
  source = await testDatabase()
  opened.push(source)
  acme = await writeRows(source.pool, migrations.length, 'acme')
  await writeRows(source.pool, migrations.length, 'umbrella')
  backup = await backUp(source, 'whole.backup')
}, 120_000)

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await rm(folder, { recursive: true })
})

// Each case starts processes, which a busy machine takes its time for.
describe('backup and restore', { timeout: 120_000 }, () => {
  it('brings every row back into a database that has never been migrated', async () => {
    const target = await fresh()
    const { code, stdout, stderr } = await cli(['restore', backup, '--json'], target)
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      restored: true,
      migrated: [],
      tables: { tenant: 2, event: 4 },
    })
    const content = await contentOf(target)
    expect(content).toEqual(await contentOf(source))
    const withoutRows = Object.entries(content).filter(([, rows]) => rows.startsWith('0 '))
    expect(withoutRows, 'the fixture writes into every table').toEqual([])
    expect(await schemaOf(target)).toEqual(await schemaOf(source))
    const partitions = await target.pool.query(`select from pg_inherits where inhparent = 'candle'::regclass`)
    expect(partitions.rowCount).toBe(MONTHS.length)
    expect(await authenticateKey(target.db, acme.apiKey)).toMatchObject({
      kind: 'proven',
      principal: { tenant: { tenantId: acme.tenantId } },
    })
  })

  it('brings every row back into a database that was only migrated', async () => {
    const target = await testDatabase()
    opened.push(target)
    expect(await cli(['restore', backup], target)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^restored: \d+ rows of \d+ tables, made .+ UTC by \d/),
    })
    expect(await contentOf(target)).toEqual(await contentOf(source))
  })

  it('says what is in a file without a database, with --check', async () => {
    const { code, stdout } = await cli(['restore', backup, '--check', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ restored: false, schema: migrations.at(-1)?.name })
  })

  it('holds what was there at one instant, while others write', async () => {
    const moving = await testDatabase()
    opened.push(moving)
    await writeRows(moving.pool, migrations.length, 'acme')
    const before = await contentOf(moving)
    // The backup has its snapshot when it waits for the first table; what is committed then is not in it.
    const blocker = await moving.pool.connect()
    await blocker.query('begin; lock table tenant in access exclusive mode')
    const running = backUp(moving, 'moving.backup')
    await expect
      .poll(async () => (await moving.pool.query(`select from pg_locks where not granted`)).rowCount, {
        timeout: 30_000,
      })
      .toBe(1)
    await moving.pool.query(`insert into job_effect (type, key) values ('late', 'late')`)
    await blocker.query('commit')
    blocker.release()
    const target = await fresh()
    expect(await cli(['restore', await running], target)).toMatchObject({ code: 0 })
    expect(await contentOf(target)).toEqual(before)
  })

  it('loads an older schema as it was and migrates it then', async () => {
    const older = await fresh()
    await migrate(older.url, await migrationsFolder(1))
    const written = await writeRows(older.pool, 1, 'acme')
    const file = await backUp(older, 'older.backup')
    const target = await fresh()
    const { code, stdout } = await cli(['restore', file, '--json'], target)
    expect(code).toBe(0)
    const later = migrations.slice(1).map(({ name }) => name)
    expect(JSON.parse(stdout)).toMatchObject({ schema: migrations[0]?.name, migrated: later })
    await migrate(older.url, MIGRATIONS)
    expect(await contentOf(target)).toEqual(await contentOf(older))
    expect(await authenticateKey(target.db, written.apiKey)).toMatchObject({ kind: 'proven' })

    const migrated = await testDatabase()
    opened.push(migrated)
    expect(await cli(['restore', file], migrated)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^the database has migration 0002_\S+, .+: expected a new database\n$/),
    })
  })
})

describe('restoreInto', { timeout: 60_000 }, () => {
  it('goes on counting where identity columns had come to, and fails whole when a table is short', async () => {
    const next = `${String(migrations.length + 1).padStart(4, '0')}_counted`
    const counted = 'create table counted (id bigint generated always as identity primary key, x text)'
    const directory = await migrationsFolder(migrations.length, { [`${next}.sql`]: counted })
    const known = await readMigrations(directory)
    const from = await fresh()
    await migrate(from.url, directory)
    await from.pool.query(`insert into counted (x) values ('a'), ('b'), ('c')`)
    const path = join(folder, 'counted.backup')
    const { signal } = new AbortController()
    await withSnapshot(from, signal, (snapshot) =>
      writeBackup(snapshot, { path, product: '0', signal, onRows: () => undefined }),
    )
    const restoreWith = (target: TestDatabase, more: number) => {
      const watch = { signal, onBytes: () => undefined }
      return withBackupFile({ path, option: '<file>' }, watch, ({ manifest, read }) => {
        const tables = manifest.tables.map((table) => ({ ...table, rows: table.rows + more }))
        return restoreInto(target, known, {
          ...manifest,
          tables,
          read: (table) => read(table, watch.onBytes),
          signal,
        })
      })
    }
    const target = await fresh()
    await expect(restoreWith(target, 1)).rejects.toThrow(/^\w+: expected 1 rows, was 0$/)
    expect(await contentOf(target)).toEqual({})
    await restoreWith(target, 0)
    const added = await target.pool.query<{ id: string }>(
      `insert into counted (x) values ('d') returning id::text`,
    )
    expect(added.rows).toEqual([{ id: '4' }])
  })
})

describe('restore refuses with status 2 and one line', { timeout: 120_000 }, () => {
  const line = (reason: string) =>
    new RegExp(`^<file>: expected a file that botcriptofy backup wrote, .*${reason}.*\n$`)
  const damagedCopy = async (name: string, damage: (path: string) => Promise<void>) => {
    const path = join(folder, name)
    await copyFile(backup, path)
    await damage(path)
    return path
  }
  const expectRefusal = async (path: string, reason: RegExp) => {
    const target = await fresh()
    const { code, stdout, stderr } = await cli(['restore', path], target)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(reason)
    // Whatever was wrong, nothing has begun.
    expect(await contentOf(target)).toEqual({})
  }

  it('a file that was cut off', async () => {
    const { size } = await stat(backup)
    await expectRefusal(
      await damagedCopy('cut', (copy) => truncate(copy, Math.floor(size / 2))),
      line('cut off or damaged'),
    )
  })

  it('a file with one other bit', async () => {
    const bytes = await readFile(backup)
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    const path = await damagedCopy('bit', (copy) => writeFile(copy, bytes))
    await expectRefusal(path, line('cut off or damaged'))
  })

  it('what no backup wrote', async () => {
    const text = join(folder, 'text')
    await writeFile(text, 'x'.repeat(9000))
    await expectRefusal(text, line('something else'))
    await expectRefusal(
      join(folder, 'missing'),
      /^<file>: expected a readable file, was .+ \(no such file\)\n$/,
    )
  })

  it('a schema that is newer than this version', async () => {
    const newer = await fresh()
    const next = `${String(migrations.length + 1).padStart(4, '0')}_next`
    await migrate(
      newer.url,
      await migrationsFolder(migrations.length, { [`${next}.sql`]: 'create table x (y int)' }),
    )
    const reason = `^the backup has migration ${next}, which this version does not know: restore it with a newer one\n$`
    await expectRefusal(await backUp(newer, 'newer.backup'), new RegExp(reason))
  })

  it('a schema that was edited', async () => {
    const edited = await testDatabase()
    opened.push(edited)
    await edited.pool.query(`update schema_migration set sha256 = repeat('0', 64) where name like '0002%'`)
    await expectRefusal(
      await backUp(edited, 'edited.backup'),
      /^the backup's migration 0002_\S+ is not the one of this version\n$/,
    )
  })

  it.each([
    [
      'rows',
      `insert into tenant (id, name) values (gen_random_uuid(), 'somebody')`,
      /one with rows in tenant\n$/,
    ],
    ['tables of another program', 'drop table schema_migration', /one with the table \S+\n$/],
  ])('a database with %s, and leaves it as it was', async (_, change, reason) => {
    const target = await testDatabase()
    opened.push(target)
    await target.pool.query(change)
    const before = await contentOf(target)
    const { code, stdout, stderr } = await cli(['restore', backup], target)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^expected a database without rows, was /)
    expect(stderr).toMatch(reason)
    expect(await contentOf(target)).toEqual(before)
  })
})

describe('backup leaves no half file', { timeout: 120_000 }, () => {
  it('when it is interrupted', async () => {
    const database = await testDatabase()
    opened.push(database)
    const blocker = await database.pool.connect()
    await blocker.query('begin; lock table event in access exclusive mode')
    const out = join(folder, 'interrupted.backup')
    const args = ['backup', '--out', out]
    const app = startApp({ app: 'cli', args, env: { DATABASE_URL: database.url } })
    await expect
      .poll(async () => (await database.pool.query('select from pg_locks where not granted')).rowCount, {
        timeout: 30_000,
      })
      .toBe(1)
    expect(await app.kill('SIGINT')).toEqual({ code: 1, signal: null })
    expect(app.output()).toEqual({ stdout: '', stderr: 'interrupted: no backup was written\n' })
    await blocker.query('rollback')
    blocker.release()
    expect(readdirSync(folder).filter((name) => name.startsWith('interrupted'))).toEqual([])
  })

  it('on a full disk, which it says', async () => {
    expect(await cli(['backup', '--out', '/dev/full'], source)).toEqual({
      code: 1,
      stdout: '',
      stderr: '--out: expected a writable file, was /dev/full (the disk is full)\n',
    })
  })

  it('and refuses a database without a schema, and a folder that is not there', async () => {
    const out = join(folder, 'nothing.backup')
    expect(await cli(['backup', '--out', out], await fresh())).toMatchObject({
      code: 2,
      stderr: 'the database is empty: no migration was ever applied\n',
    })
    expect(await cli(['backup', '--out', join(folder, 'nowhere', 'x')], source)).toMatchObject({ code: 2 })
    expect(readdirSync(folder).filter((name) => name.startsWith('nothing'))).toEqual([])
  })
})
