import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLoginCode } from '@botcriptofy/store/login'
import { insertKey } from '@botcriptofy/store/key'
import { startTestApi, type TestApi } from './api.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const withKey = (apiKey: string) => ({ authorization: `Bearer ${apiKey}` })
const listKeysWith = (headers: Record<string, string>) => api.app.inject({ url: '/v1/keys', headers })

describe('an API key', () => {
  it('opens what its scopes allow', async () => {
    const { headers } = await api.caller('alpha')
    const answer = await listKeysWith(headers)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ items: [{ name: 'test' }], nextCursor: null })
    expect(answer.body).not.toContain('secret')
  })

  it.each([
    ['none', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['no key', { authorization: 'Bearer' }],
    ['an unknown key', { authorization: `Bearer bcf_${'0'.repeat(12)}_${'A'.repeat(43)}` }],
    ['something else', { authorization: 'Bearer hello' }],
  ])('is needed: %s is 401 UNAUTHENTICATED', async (_name, headers) => {
    const answer = await listKeysWith(headers)
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', status: 401, retryable: false })
  })

  it('is refused when only the secret is wrong', async () => {
    const { apiKey } = await api.caller('alpha')
    const answer = await listKeysWith(withKey(`${apiKey.slice(0, -4)}AAAA`))
    expect(answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('is refused with KEY_EXPIRED after its expiry', async () => {
    const { tenant, userId } = await api.caller('alpha')
    const { apiKey } = await insertKey(api.db, tenant, {
      userId,
      name: 'old',
      scopes: ['keys:write'],
      expiresAt: new Date(Date.now() - 1),
    })
    const answer = await listKeysWith(withKey(apiKey))
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'KEY_EXPIRED'])
  })

  it('is refused with KEY_REVOKED after it was revoked over HTTP', async () => {
    const { headers, keyId } = await api.caller('beta')
    const other = await api.caller('beta')
    const revoked = await api.app.inject({
      method: 'DELETE',
      url: `/v1/keys/${keyId}`,
      headers: other.headers,
    })
    expect(revoked.statusCode).toBe(204)
    const answer = await listKeysWith(headers)
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'KEY_REVOKED'])
  })

  it('is refused with FORBIDDEN where it lacks the scope', async () => {
    const { headers } = await api.caller('alpha', ['candles:read'])
    const answer = await listKeysWith(headers)
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'FORBIDDEN'])
    expect(answer.json().detail).toBe('expected the scope keys:write')
  })

  it('notes its last use at most once a minute', async () => {
    const { headers, keyId } = await api.caller('alpha')
    const lastUse = async () =>
      (await api.db.selectFrom('api_key').select('last_used_at').where('id', '=', keyId).executeTakeFirst())
        ?.last_used_at
    await listKeysWith(headers)
    const first = await lastUse()
    expect(first).toBeInstanceOf(Date)
    await listKeysWith(headers)
    expect(await lastUse()).toEqual(first)
    const early = sql<Date>`now() - interval '61 seconds'`
    await api.db.updateTable('api_key').set({ last_used_at: early }).where('id', '=', keyId).execute()
    await listKeysWith(headers)
    expect((await lastUse())!.getTime()).toBeGreaterThanOrEqual(first!.getTime())
  })

  it('is stored as a hash alone', async () => {
    const { apiKey, keyId } = await api.caller('alpha')
    const row = await api.db.selectFrom('api_key').selectAll().where('id', '=', keyId).executeTakeFirst()
    expect(JSON.stringify(row)).not.toContain(apiKey.split('_').slice(2).join('_'))
  })
})

describe('POST /v1/keys', () => {
  const create = (headers: Record<string, string>, payload: object) =>
    api.app.inject({ method: 'POST', url: '/v1/keys', headers, payload })

  it('makes a key that works, with the scopes of its maker by default', async () => {
    const { headers } = await api.caller('gamma', ['keys:write', 'candles:read'])
    const answer = await create(headers, { name: 'laptop' })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ name: 'laptop', scopes: ['candles:read', 'keys:write'] })
    expect((await listKeysWith(withKey(answer.json().apiKey))).statusCode).toBe(200)
  })

  it('gives no scope that its maker lacks', async () => {
    const { headers } = await api.caller('gamma', ['keys:write'])
    const answer = await create(headers, { name: 'more', scopes: ['operator'] })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'FORBIDDEN'])
  })

  it.each([
    [{}, 'name', 'expected text, was missing'],
    [{ name: 'x', scopes: ['all'] }, 'scopes[0]', expect.stringContaining('was "all"')],
    [{ name: 'x', expires: 1 }, 'expires', 'expected no key of this name, was 1'],
  ])('refuses %j with the path of what is wrong', async (payload, path, message) => {
    const { headers } = await api.caller('gamma')
    const answer = await create(headers, payload)
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
    expect(answer.json().errors).toEqual([{ path, message }])
  })
})

describe('a browser login', () => {
  const codeFor = async (scopes: Parameters<TestApi['caller']>[1] = ['operator']) => {
    const { tenant, userId } = await api.caller('delta')
    return createLoginCode(api.db, tenant, { userId, scopes: scopes ?? [] })
  }
  const login = (code: string, next = '/console') =>
    api.app.inject({ url: `/login?code=${code}&next=${encodeURIComponent(next)}` })
  const cookieFor = async (scopes?: Parameters<TestApi['caller']>[1]) => {
    const answer = await login(await codeFor(scopes))
    return { cookie: `bcf_session=${answer.cookies[0]?.value}` }
  }

  it('turns a code into an HttpOnly SameSite=Strict cookie, once', async () => {
    const code = await codeFor()
    const first = await login(code)
    expect([first.statusCode, first.headers.location]).toEqual([303, '/console'])
    expect(first.cookies).toMatchObject([
      { name: 'bcf_session', httpOnly: true, sameSite: 'Strict', path: '/' },
    ])
    const second = await login(code)
    expect([second.statusCode, second.json().code]).toEqual([401, 'LOGIN_CODE_INVALID'])
    expect(second.cookies).toEqual([])
  })

  it('lets one of two racing uses of a code win', async () => {
    const code = await codeFor()
    const answers = await Promise.all([login(code), login(code)])
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303, 401]))
  })

  it('refuses a code after ten minutes', async () => {
    const code = await codeFor()
    const past = sql<Date>`expires_at - interval '10 minutes'`
    await api.db.updateTable('login_code').set({ expires_at: past }).execute()
    expect((await login(code)).json()).toMatchObject({ code: 'LOGIN_CODE_INVALID' })
  })

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/a\nb'])(
    'does not lead away to %j',
    async (next) => {
      const answer = await login(await codeFor(), next)
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
    },
  )

  it('reads with the cookie alone and ends with its session', async () => {
    const cookie = await cookieFor()
    expect((await api.app.inject({ url: '/v1/keys', headers: cookie })).statusCode).toBe(200)
    await api.db
      .updateTable('browser_session')
      .set({ expires_at: new Date(0) })
      .execute()
    expect((await api.app.inject({ url: '/v1/keys', headers: cookie })).statusCode).toBe(401)
  })

  it('ends at a logout that comes from this origin', async () => {
    const cookie = await cookieFor()
    const logout = (origin: string) =>
      api.app.inject({ method: 'POST', url: '/logout', headers: { ...cookie, origin } })
    expect((await logout('http://evil.example')).statusCode).toBe(403)
    expect((await api.app.inject({ url: '/v1/keys', headers: cookie })).statusCode).toBe(200)
    expect((await logout('http://localhost:80')).statusCode).toBe(204)
    expect((await api.app.inject({ url: '/v1/keys', headers: cookie })).statusCode).toBe(401)
  })

  it.each([
    [{}, 403, 'CROSS_ORIGIN'],
    [{ origin: 'http://evil.example' }, 403, 'CROSS_ORIGIN'],
    [{ origin: 'null' }, 403, 'CROSS_ORIGIN'],
    [{ origin: 'http://localhost:80' }, 201, undefined],
  ])('changes things with a cookie only from its own origin, %j: %i', async (origin, status, code) => {
    const cookie = await cookieFor()
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/keys',
      headers: { ...cookie, ...origin, host: 'localhost:80' },
      payload: { name: 'by browser' },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })
})

describe('the console', () => {
  it.each([
    [['operator'], 200],
    [['console:read'], 200],
    [['backtests:read', 'keys:write'], 403],
  ] as const)('is open to %j: %i', async (scopes, status) => {
    const { headers } = await api.caller('ops', scopes)
    expect((await api.app.inject({ url: '/console/api/queues', headers })).statusCode).toBe(status)
    expect((await api.app.inject({ url: '/console', headers })).statusCode).toBe(status)
  })

  it.each([
    [['operator'], 200, false],
    [['console:read'], 403, true],
  ] as const)('lets %j act: %i', async (scopes, status, isReadOnly) => {
    const { headers } = await api.caller('ops', scopes)
    const seen = await api.app.inject({ url: '/console/api/queues', headers })
    expect(seen.json().queues).toMatchObject([{ name: 'backtest', readOnlyMode: isReadOnly }])
    const pause = await api.app.inject({ method: 'PUT', url: '/console/api/queues/backtest/pause', headers })
    expect(pause.statusCode).toBe(status)
  })

  it('loads nothing from other origins', async () => {
    const { headers } = await api.caller('ops', ['operator'])
    const page = await api.app.inject({ url: '/console', headers })
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("font-src 'self'")
    expect(policy).toContain("style-src 'self' 'unsafe-inline'")
    expect(policy).not.toContain('http')
  })
})
