import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@botcriptofy/store/database'
import { tellPool } from '@botcriptofy/store/worker-pool'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { startApp } from '@botcriptofy/testkit/process'
import { testRedisUrl } from '@botcriptofy/testkit/services'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let database: TestDatabase
let redisUrl: string
let dataDir: string

beforeAll(async () => {
  ;[database, redisUrl, dataDir] = await Promise.all([
    testDatabase(),
    testRedisUrl(),
    mkdtemp(join(tmpdir(), 'botcriptofy-doctor-')),
  ])
})
afterAll(async () => {
  await database.close()
  await rm(dataDir, { recursive: true })
})

interface Check {
  readonly name: string
  readonly status: string
  readonly detail: string
  readonly hint?: string
}

const NOWHERE = 'http://127.0.0.1:9'

const examine = async (env: Readonly<Record<string, string>>) => {
  const app = startApp({
    app: 'cli',
    args: ['doctor', '--json'],
    env: { DATA_DIR: dataDir, BOTCRIPTOFY_URL: NOWHERE, ...env },
  })
  const { code } = await app.exited
  const { stdout, stderr } = app.output()
  const answer: { readonly status: string; readonly checks: readonly Check[] } = JSON.parse(stdout)
  const statuses = Object.fromEntries(answer.checks.map(({ name, status }) => [name, status]))
  return { code, stderr, ...answer, statuses }
}

// Each case starts a process, which a busy machine takes its time for.
describe('botcriptofy doctor', { timeout: 60_000 }, () => {
  it('finds nothing wrong with migrated services, and says that the API is away', async () => {
    const found = await examine({ DATABASE_URL: database.url, REDIS_URL: redisUrl })
    expect(found.statuses).toMatchObject({
      node: 'ok',
      postgres: 'ok',
      timescale: 'ok',
      migrations: 'ok',
      'largest tables': 'ok',
      redis: 'ok',
      'redis policy': 'ok',
      'redis memory': 'ok',
      'data directory': 'ok',
      api: 'warn',
    })
    expect([found.code, found.status, found.stderr]).toEqual([0, 'ok', ''])
  })

  it('fails with status 1 and a hint when a given service does not answer', async () => {
    const found = await examine({
      DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:9/none',
      REDIS_URL: 'redis://:secret@127.0.0.1:9',
    })
    expect(found).toMatchObject({ code: 1, status: 'failed', stderr: 'failed: postgres, redis\n' })
    expect(found.statuses).toMatchObject({ postgres: 'fail', redis: 'fail', node: 'ok' })
    const failed = found.checks.filter(({ status }) => status === 'fail')
    for (const { detail, hint } of failed) {
      expect(detail).toContain('ECONNREFUSED')
      expect(hint).toMatch(/^check (DATABASE|REDIS)_URL/)
    }
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it('only warns about embedded services that are not running', async () => {
    const found = await examine({})
    expect(found.code).toBe(0)
    expect(found.statuses).toMatchObject({ postgres: 'warn', redis: 'warn' })
  })

  it('names the migrations that are missing', async () => {
    await database.pool.query('alter table schema_migration rename to schema_migration_aside')
    const found = await examine({ DATABASE_URL: database.url, REDIS_URL: redisUrl })
    await database.pool.query('alter table schema_migration_aside rename to schema_migration')
    expect(found.checks.find(({ name }) => name === 'migrations')).toMatchObject({
      status: 'warn',
      hint: expect.stringContaining('botcriptofy migrate'),
    })
  })

  it('tells of workers, and of one that lives and does nothing', async () => {
    const pool = { queue: 'backtest', host: 'h', slots: 3, engineRevision: 2 }
    await tellPool(database.db, { ...pool, id: newId(), pid: 1 }, 1000)
    await tellPool(database.db, { ...pool, id: newId(), pid: 2 }, 90_000)
    const found = await examine({ DATABASE_URL: database.url, REDIS_URL: redisUrl })
    expect(found.statuses).toMatchObject({ 'worker h:1': 'ok', 'worker h:2': 'fail' })
    expect(found).toMatchObject({ code: 1, stderr: 'failed: worker h:2\n' })
  })
})
