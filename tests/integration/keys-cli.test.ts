import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticateKey } from '@botcriptofy/store/key'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { startApp } from '@botcriptofy/testkit/process'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const keys = async (...args: readonly string[]) => {
  const app = startApp({
    app: 'cli',
    from: 'source',
    args: ['keys', ...args],
    env: { DATABASE_URL: database.url },
  })
  const { code } = await app.exited
  return { code, ...app.output() }
}

// Each case starts processes, which a busy machine takes its time for.
describe('botcriptofy keys', { timeout: 90_000 }, () => {
  it('makes a key that works, lists it without its secret, and revokes it', async () => {
    const who = ['--tenant', 'acme', '--user', 'jo', '--name', 'laptop']
    const what = ['--scopes', 'backtests:read,candles:read', '--expires', '90d']
    const created = await keys('create', ...who, ...what, '--json')
    expect([created.code, created.stderr]).toEqual([0, ''])
    const key = JSON.parse(created.stdout)
    expect(key).toMatchObject({ name: 'laptop', user: 'jo', scopes: ['backtests:read', 'candles:read'] })
    expect(key.expiresAtMs - key.createdAtMs).toBeGreaterThan(89 * 86_400_000)
    expect(await authenticateKey(database.db, key.apiKey)).toMatchObject({
      kind: 'proven',
      principal: { scopes: ['backtests:read', 'candles:read'] },
    })

    const listed = await keys('list', '--tenant', 'acme')
    expect(listed.stdout).toContain(key.prefix)
    expect(listed.stdout).not.toContain(key.apiKey)

    expect((await keys('revoke', key.prefix, '--tenant', 'acme')).code).toBe(0)
    expect(await authenticateKey(database.db, key.apiKey)).toEqual({ kind: 'refused', reason: 'revoked' })
  })

  it.each([
    ['--scopes', ['create', '--name', 'x', '--scopes', 'all']],
    ['--expires', ['create', '--name', 'x', '--expires', 'soon']],
    ['--tenant', ['list', '--tenant', 'nobody']],
    ['<id>', ['revoke', 'nothing', '--tenant', 'acme']],
  ])('refuses a wrong %s with status 2 and one line', async (option, args) => {
    const { code, stdout, stderr } = await keys(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^${option}: expected .+, was .+\n$`))
  })
})
