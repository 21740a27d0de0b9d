import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAILY, importDaily, SMA_CROSS, startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

let api: TestApi
let caller: TestCaller
beforeAll(async () => {
  api = await startTestApi()
  caller = await api.caller('alpha')
  await importDaily(api, caller)
})
afterAll(() => api.close())

const post = (url: string, body: object | string) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: { ...caller.headers, 'content-type': 'application/json', 'idempotency-key': url },
    payload: body,
  })
const nested = (rules: number) =>
  `${'{"not":'.repeat(rules)}{"left":"fast","op":">","right":1}${'}'.repeat(rules)}`
const backtest = (rule: string) =>
  JSON.stringify({ strategy: { ...SMA_CROSS, entry: { long: 'RULE' } }, candles: DAILY }).replace(
    '"RULE"',
    rule,
  )

it('takes rules that are nested deeper than anybody writes them', async () => {
  expect((await post('/v1/backtests', backtest(nested(150)))).statusCode).toBe(202)
})

it.each([
  ['rules without end', '/v1/backtests', backtest(nested(60_000))],
  [
    'rules with a fault at every level',
    '/v1/backtests',
    backtest(`${'{"b":1,"not":'.repeat(40_000)}1${'}'.repeat(40_000)}`),
  ],
  ['lists without end', '/v1/keys', `{"name":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
  ['a NUL in a name', '/v1/keys', { name: 'a\u0000b' }],
  ['a NUL in a strategy', '/v1/strategies', { strategy: { ...SMA_CROSS, name: 'a\u0000b' } }],
  ['half a surrogate pair', '/v1/strategies', { strategy: { ...SMA_CROSS, name: '\ud800' } }],
  ['an expiry after the end of dates', '/v1/keys', { name: 'late', expiresAtMs: 9e15 }],
])('refuses %s', async (_name, url, body) => {
  const answer = await post(url, body)
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
})

it('refuses a version that no column holds', async () => {
  const saved = await post('/v1/strategies', { strategy: { ...SMA_CROSS, version: 2 ** 31 } })
  expect([saved.statusCode, saved.json().code]).toEqual([422, 'INVALID_STRATEGY'])
  const url = `/v1/strategies/${caller.tenant.tenantId}/versions/${2 ** 31}`
  expect((await api.app.inject({ url, headers: caller.headers })).statusCode).toBe(400)
})
