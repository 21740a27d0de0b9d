import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertKey } from '@botcriptofy/store/key'
import {
  DAILY,
  dailyCsv,
  importDaily,
  SMA_CROSS,
  startTestApi,
  type TestApi,
  type TestCaller,
} from './api.fixture.ts'

let api: TestApi
let caller: TestCaller
beforeAll(async () => {
  api = await startTestApi()
  caller = await api.caller('alpha')
  await importDaily(api, caller)
})
afterAll(() => api.close())

const run = { strategy: SMA_CROSS, candles: DAILY }
const submit = (key: string, payload: object = run, { url = '/v1/backtests', by = caller } = {}) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: { ...by.headers, 'idempotency-key': key },
    payload,
  })
const countOf = async (table: 'sweep' | 'job_outbox' | 'idempotency_key' | 'event') => {
  const row = await api.db
    .selectFrom(table)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

describe('an Idempotency-Key', () => {
  it('gives the first answer again, byte by byte, and does the work once', async () => {
    const before = await countOf('sweep')
    const first = await submit('one')
    const again = await submit('one')
    expect(first.statusCode).toBe(202)
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect([again.statusCode, again.body]).toEqual([202, first.body])
    expect(again.headers).toMatchObject({
      location: `/v1/backtests/${first.json().id}`,
      'idempotency-replayed': 'true',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(await countOf('sweep')).toBe(before + 1)
  })

  it('takes the same JSON with other white space and key order as the same body', async () => {
    const first = await submit('order')
    const again = await api.app.inject({
      method: 'POST',
      url: '/v1/backtests',
      headers: { ...caller.headers, 'idempotency-key': 'order', 'content-type': 'application/json' },
      payload: JSON.stringify({ candles: run.candles, strategy: run.strategy }, null, 2),
    })
    expect(again.body).toBe(first.body)
  })

  it.each([
    ['another body', { ...run, config: { feeRate: 0 } }, '/v1/backtests'],
    ['another address', { ...run, parameters: { 'indicators.fast.params.period': [2] } }, '/v1/sweeps'],
  ])('is refused with IDEMPOTENCY_MISMATCH for %s', async (_name, body, url) => {
    await submit(`mismatch ${url}`)
    const answer = await submit(`mismatch ${url}`, body, { url })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
  })

  it('belongs to its tenant', async () => {
    const other = await api.caller('beta')
    await importDaily(api, other)
    const [mine, theirs] = [await submit('shared name'), await submit('shared name', run, { by: other })]
    expect([mine.statusCode, theirs.statusCode]).toEqual([202, 202])
    expect(theirs.json().id).not.toBe(mine.json().id)
  })

  it('does the work of two concurrent requests once', async () => {
    const before = await countOf('sweep')
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit('race')))
    expect(await countOf('sweep')).toBe(before + 1)
    const accepted = answers.filter(({ statusCode }) => statusCode === 202)
    const refused = answers.filter(({ statusCode }) => statusCode !== 202)
    expect(new Set(accepted.map(({ body }) => body)).size).toBe(1)
    expect(refused.map((answer) => [answer.statusCode, answer.json().code])).toEqual(
      refused.map(() => [409, 'IDEMPOTENCY_IN_FLIGHT']),
    )
  })

  it('is refused with IDEMPOTENCY_IN_FLIGHT and Retry-After while the first request runs', async () => {
    await api.db.transaction().execute(async (tx) => {
      const name = `idempotency/${caller.tenant.tenantId}/held`
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
      const answer = await submit('held')
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT'])
      expect(answer.headers['retry-after']).toBe('1')
    })
    expect((await submit('held')).statusCode).toBe(202)
  })

  it('leaves nothing behind when the request is refused, and may be used again', async () => {
    const rows = () => Promise.all([countOf('sweep'), countOf('idempotency_key'), countOf('job_outbox')])
    const before = await rows()
    const bad = await submit('again', { ...run, strategy: { ...SMA_CROSS, direction: 'up' } })
    expect([bad.statusCode, await rows()]).toEqual([422, before])
    expect((await submit('again')).statusCode).toBe(202)
  })

  it('is forgotten after 24 hours', async () => {
    const first = await submit('old')
    await sql`update idempotency_key set created_at = now() - interval '25 hours' where key = 'old'`.execute(
      api.db,
    )
    const later = await submit('old', { ...run, config: { feeRate: 0 } })
    expect(later.statusCode).toBe(202)
    expect(later.json().id).not.toBe(first.json().id)
  })

  it.each(['', 'x'.repeat(256)])('of %j is refused', async (key) => {
    const answer = await submit(key)
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'INVALID_REQUEST'])
    expect(answer.json().errors[0].path).toBe('headers.idempotency-key')
  })
})

describe('an Idempotency-Key on a streamed import', () => {
  const upload = (key: string, payload: string | Buffer, type = 'text/csv') =>
    api.app.inject({
      method: 'POST',
      url: '/v1/candles/import',
      query: { ...DAILY, symbol: 'ETH/USD' },
      headers: { ...caller.headers, 'idempotency-key': key, 'content-type': type },
      payload,
    })

  it('counts the bars of the first import again', async () => {
    const first = await upload('csv', dailyCsv(40))
    const again = await upload('csv', dailyCsv(40))
    expect(first.json()).toMatchObject({ inserted: 40, updated: 0, duplicates: 0, gaps: 0 })
    expect([again.statusCode, again.body, again.headers['idempotency-replayed']]).toEqual([
      201,
      first.body,
      'true',
    ])
    expect((await upload('csv two', dailyCsv(40))).json()).toMatchObject({ inserted: 0, duplicates: 40 })
  })

  it('refuses other bytes under a known key and imports none of them', async () => {
    await upload('csv three', dailyCsv(40))
    const answer = await upload('csv three', dailyCsv(41))
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
    expect((await upload('csv four', dailyCsv(41))).json()).toMatchObject({ inserted: 1, duplicates: 40 })
  })

  it('takes gzip', async () => {
    const answer = await upload('gzip', gzipSync(dailyCsv(30)), 'application/gzip')
    expect(answer.json()).toMatchObject({ inserted: 0, duplicates: 30 })
  })
})

describe('an Idempotency-Key on POST /v1/keys', () => {
  it('shows the new key again to the same credential alone, and stores it for nobody', async () => {
    const payload = { name: 'laptop' }
    const first = await submit('key', payload, { url: '/v1/keys' })
    const again = await submit('key', payload, { url: '/v1/keys' })
    expect([first.statusCode, again.body]).toEqual([201, first.body])
    const { apiKey } = first.json()
    const stored = await api.db.selectFrom('idempotency_key').selectAll().where('key', '=', 'key').execute()
    expect(JSON.stringify(stored)).not.toContain(apiKey.split('_').slice(2).join('_'))

    const colleague = await insertKey(api.db, caller.tenant, {
      userId: caller.userId,
      name: 'colleague',
      scopes: ['keys:write'],
    })
    const headers = { authorization: `Bearer ${colleague.apiKey}` }
    const answer = await submit('key', payload, { url: '/v1/keys', by: { ...caller, headers } })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
  })
})
