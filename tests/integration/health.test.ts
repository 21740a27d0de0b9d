import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from './api.fixture.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const ready = async (of: TestApi) => {
  const answer = await of.app.inject({ url: '/health/ready' })
  return [answer.statusCode, answer.json()]
}

describe('health', () => {
  it('is live without a caller', async () => {
    const answer = await api.app.inject({ url: '/health/live' })
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }])
  })

  it('is ready when Postgres, Redis and the schema are', async () => {
    const ok = { ok: true }
    expect(await ready(api)).toEqual([
      200,
      { status: 'ok', checks: { postgres: ok, redis: ok, migrations: ok } },
    ])
  })

  it.each([
    ['Redis is away', (of: TestApi) => of.redis.disconnect(), { redis: { ok: false } }],
    [
      'a migration is missing',
      (of: TestApi) => of.database.pool.query('delete from schema_migration'),
      { migrations: { ok: false, detail: expect.stringMatching(/^\d+ not applied$/) } },
    ],
  ])('is not ready while %s', async (_name, harm, checks) => {
    const other = await startTestApi()
    await harm(other)
    expect(await ready(other)).toMatchObject([503, { status: 'not_ready', checks }])
    await other.close()
  })

  it('is not ready from the moment it drains', async () => {
    const other = await startTestApi()
    other.drain()
    expect(await ready(other)).toMatchObject([503, { status: 'draining' }])
    await other.close()
  })
})

describe('/metrics', () => {
  it('counts answers by route pattern and names no tenant', async () => {
    const { headers, tenant } = await api.caller('alpha')
    await api.app.inject({ url: '/v1/backtests/01a2036e-50a5-719f-934c-9451d7213d96', headers })
    const { body } = await api.app.inject({ url: '/metrics' })
    expect(body).toMatch(
      /_http_request_seconds_count\{.*method="GET",route="\/v1\/backtests\/:id",status="404"\} 1/,
    )
    expect(body).not.toContain(tenant.tenantId)
    expect(body).not.toContain('01a2036e')
  })
})

describe('the API description', () => {
  it('is at /openapi.json, with every route of /v1 and its problems', async () => {
    const { paths, components } = (await api.app.inject({ url: '/openapi.json' })).json()
    const routes = api.app.routeAccess.filter(({ url }) => url.startsWith('/v1/'))
    for (const { method, url } of routes.filter((route) => route.method !== 'HEAD')) {
      const operation = paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(operation?.responses['4XX']?.content, `${method} ${url}`).toHaveProperty(
        'application/problem+json',
      )
    }
    expect(components.schemas).toHaveProperty('Problem')
  })

  it('is a page at /docs that loads nothing from elsewhere', async () => {
    const page = await api.app.inject({ url: '/docs/' })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('swagger-ui')
    expect(page.headers['content-security-policy']).not.toContain('http')
  })
})

describe('every answer', () => {
  it('carries security headers and no CORS permission', async () => {
    const { headers } = await api.app.inject({
      url: '/health/live',
      headers: { origin: 'http://evil.example' },
    })
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('x-powered-by')
  })
})
