import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticateKey, ensureOperator, insertKey } from '@botcriptofy/store/key'
import { createLoginCode } from '@botcriptofy/store/login'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
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

  it('ends all that the operator had and makes a new key with reset-operator', async () => {
    const { db } = database
    const { apiKey: first, tenant, userId } = await ensureOperator(db)
    const other = await ensureTenant(db, 'acme')
    const otherUser = await ensureUser(db, other, 'jo')
    const second = await insertKey(db, other, { userId: otherUser, name: 'second', scopes: ['operator'] })
    const kept = await insertKey(db, other, { userId: otherUser, name: 'kept', scopes: ['backtests:read'] })
    await createLoginCode(db, tenant, { userId, scopes: ['operator'] })

    const reset = await keys('reset-operator')
    expect([reset.code, reset.stderr]).toEqual([
      0,
      '2 operator keys revoked. The new one, shown this once:\n',
    ])
    expect(await authenticateKey(db, reset.stdout.trimEnd())).toMatchObject({
      kind: 'proven',
      principal: { tenant, userId, scopes: ['operator'] },
    })
    for (const lost of [first ?? '', second.apiKey]) {
      expect(await authenticateKey(db, lost)).toEqual({ kind: 'refused', reason: 'revoked' })
    }
    expect(await authenticateKey(db, kept.apiKey)).toMatchObject({ kind: 'proven' })
    expect(await db.selectFrom('login_code').selectAll().execute()).toEqual([])

    const again = JSON.parse((await keys('reset-operator', '--json')).stdout)
    expect(again).toMatchObject({ scopes: ['operator'], user: 'operator', revoked: 1 })
    expect(await authenticateKey(db, again.apiKey)).toMatchObject({ kind: 'proven' })
    expect((await ensureOperator(db)).apiKey).toBeUndefined()
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
