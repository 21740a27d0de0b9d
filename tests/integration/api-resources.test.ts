import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureOperator } from '@botcriptofy/store/key'
import {
  DAILY,
  dailyCsv,
  DAY_MS,
  FIRST_DAY_MS,
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

const get = (url: string, query: Record<string, string> = {}) =>
  api.app.inject({ url, query, headers: caller.headers })
const post = (url: string, payload: object) =>
  api.app.inject({ method: 'POST', url, headers: caller.headers, payload })

/** Follows nextCursor to the end. */
const pages = async (url: string, query: Record<string, string>) => {
  const sizes: number[] = []
  const items: unknown[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const answer = await get(url, cursor === '' ? query : { ...query, cursor })
    const page = answer.json<{ readonly items: unknown[]; readonly nextCursor: string | null }>()
    items.push(...page.items)
    sizes.push(page.items.length)
    cursor = page.nextCursor
  }
  return { items, sizes }
}

describe('candles', () => {
  it('are paged without a hole or a repetition', async () => {
    const { items, sizes } = await pages('/v1/candles', { ...DAILY, limit: '15' })
    expect(sizes).toEqual([15, 15, 10])
    expect(items.map((item) => (item as { timestamp: number }).timestamp)).toEqual(
      Array.from({ length: 40 }, (_, day) => FIRST_DAY_MS + day * DAY_MS),
    )
  })

  it('are read from `from` up to but without `to`', async () => {
    const range = { from: String(FIRST_DAY_MS + DAY_MS), to: String(FIRST_DAY_MS + 3 * DAY_MS) }
    const { items } = (await get('/v1/candles', { ...DAILY, ...range })).json()
    expect(items.map(({ timestamp }: { timestamp: number }) => (timestamp - FIRST_DAY_MS) / DAY_MS)).toEqual([
      1, 2,
    ])
  })

  const upload = (payload: Uint8Array, headers: Record<string, string>, timeframe = '1d') =>
    api.app.inject({
      method: 'POST',
      url: '/v1/candles/import',
      query: { ...DAILY, symbol: 'GZ/USD', timeframe },
      headers: { ...caller.headers, 'content-type': 'text/csv', ...headers },
      payload: Buffer.from(payload),
    })
  const packed = gzipSync(dailyCsv(40))

  it.each<readonly [string, Record<string, string>]>([
    ['text/csv', {}],
    ['text/csv and its encoding', { 'content-encoding': 'gzip' }],
    ['application/gzip', { 'content-type': 'application/gzip' }],
  ])('are read from gzip, sent as %s', async (_, headers) => {
    const answer = await upload(packed, headers)
    expect([answer.statusCode, answer.json().duplicates + answer.json().inserted]).toEqual([201, 40])
  })

  const HEADER = 'expected the header timestamp,open,high,low,close,volume'
  it.each<readonly [string, Uint8Array, Record<string, string>, string]>([
    ['damaged gzip', packed.subarray(0, 300), {}, 'body: expected whole gzip data, was damaged ('],
    ['rubbish', Uint8Array.of(7, 0, 200, 10), {}, `line 1: ${HEADER}, was binary data`],
    ['rubbish as gzip', Uint8Array.of(7, 0, 9), { 'content-encoding': 'gzip' }, 'body: expected whole gzip'],
    ['packed words', gzipSync('hello,world\n'), {}, `line 1: ${HEADER}, was "hello,world"`],
    ['one byte', Uint8Array.of(0x1f), {}, `line 1: ${HEADER}, was binary data`],
    ['nothing', new Uint8Array(), {}, `line 1: ${HEADER}, was empty`],
  ])('that are %s are refused with what was expected', async (_, payload, headers, detail) => {
    const answer = await upload(payload, headers)
    expect(answer.json()).toMatchObject({ status: 422, code: 'INVALID_CANDLES' })
    expect(answer.json().detail.slice(0, detail.length)).toBe(detail)
  })

  it('of another timeframe than they are said to be of name the field', async () => {
    const answer = await upload(packed, {}, '1h')
    expect(answer.json()).toMatchObject({
      code: 'INVALID_CANDLES',
      errors: [
        {
          path: 'timeframe',
          message: 'expected that of the candles (they open 1d, or a multiple of it, apart), was 1h',
        },
      ],
    })
  })

  it('shared by an operator are read by every tenant, the own ones first', async () => {
    const operator = await api.caller('ops', ['operator'])
    const shared = { ...DAILY, symbol: 'SOL/USD' }
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/candles/import',
      query: { ...shared, shared: 'true' },
      headers: { ...operator.headers, 'content-type': 'text/csv' },
      payload: `timestamp,open,high,low,close,volume\n${FIRST_DAY_MS},7,7,7,7,1\n`,
    })
    expect(answer.statusCode).toBe(201)
    expect((await get('/v1/candles', shared)).json().items).toMatchObject([{ close: 7 }])
  })
})

describe('strategies', () => {
  it('keep immutable versions under one name', async () => {
    const created = await post('/v1/strategies', { strategy: SMA_CROSS })
    expect(created.statusCode).toBe(201)
    const { strategyId, sha256 } = created.json()
    expect(created.headers.location).toBe(`/v1/strategies/${strategyId}/versions/1`)
    expect((await post('/v1/strategies', { strategy: SMA_CROSS })).json().code).toBe('CONFLICT')

    const versions = `/v1/strategies/${strategyId}/versions`
    const changed = { ...SMA_CROSS, direction: 'long', stopLoss: { fraction: 0.05 } }
    const same = await post(versions, { strategy: SMA_CROSS })
    expect([same.statusCode, same.json().sha256]).toEqual([201, sha256])
    expect((await post(versions, { strategy: changed })).json().code).toBe('CONFLICT')
    expect((await post(versions, { strategy: { ...changed, version: 2 } })).statusCode).toBe(201)
    expect((await post(versions, { strategy: { ...changed, name: 'x', version: 3 } })).json().code).toBe(
      'CONFLICT',
    )
    const { items, sizes } = await pages(versions, { limit: '1' })
    expect(sizes).toEqual([1, 1])
    expect(items).toMatchObject([
      { version: 2, strategy: { stopLoss: { fraction: 0.05 } } },
      { version: 1, sha256 },
    ])
    expect((await get(`/v1/strategies/${strategyId}`)).json()).toMatchObject({ latestVersion: 2 })

    const run = await post('/v1/backtests', { strategy: { strategyId, version: 2 }, candles: DAILY })
    const view = (await get(`/v1/backtests/${run.json().id}`)).json()
    expect(view.strategySha256).toBe((items[0] as { sha256: string }).sha256)
  })
})

describe('backtests', () => {
  it('are accepted with everything pinned, and wait in the outbox', async () => {
    const accepted = await post('/v1/backtests', {
      strategy: SMA_CROSS,
      candles: { ...DAILY, from: FIRST_DAY_MS + 5 * DAY_MS },
      config: { feeRate: 0.002 },
    })
    const { id } = accepted.json()
    expect([accepted.statusCode, accepted.headers.location]).toEqual([202, `/v1/backtests/${id}`])
    expect((await get(`/v1/backtests/${id}`)).json()).toMatchObject({
      id,
      status: 'queued',
      progress: { done: 0, total: 1, fraction: 0 },
      venue: 'testex',
      bars: 35,
      fromMs: FIRST_DAY_MS + 5 * DAY_MS,
      toMs: FIRST_DAY_MS + 40 * DAY_MS,
      fees: { feeRate: 0.002, slippageRate: 0.0005 },
      datasetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      cached: null,
      metrics: null,
      error: null,
    })
    const jobs = await api.db.selectFrom('job_outbox').selectAll().where('subject_id', '=', id).execute()
    expect(jobs).toMatchObject([{ queue: 'backtest', name: 'sweep.chunk', sent_at: null }])
  })

  it('take fees and steps from the instrument, and what the caller says before that', async () => {
    const operator = await api.caller('ops', ['operator'])
    const rules = {
      priceTick: 0.5,
      quantityStep: 0.01,
      minNotional: null,
      makerFeeRate: 0,
      takerFeeRate: 0.004,
    }
    const put = await api.app.inject({
      method: 'PUT',
      url: '/v1/instruments',
      query: { venue: DAILY.venue, symbol: DAILY.symbol },
      headers: operator.headers,
      payload: rules,
    })
    expect(put.statusCode).toBe(200)
    expect((await get('/v1/instruments')).json().items).toMatchObject([rules])
    const run = await post('/v1/backtests', {
      strategy: SMA_CROSS,
      candles: DAILY,
      config: { quantityStep: 1 },
    })
    expect((await get(`/v1/backtests/${run.json().id}`)).json().config).toMatchObject({
      feeRate: 0.004,
      makerFeeRate: 0,
      priceTick: 0.5,
      quantityStep: 1,
      minNotional: null,
    })
    const priced = await post('/v1/backtests', {
      strategy: SMA_CROSS,
      candles: DAILY,
      config: { feeRate: 0.002 },
    })
    expect((await get(`/v1/backtests/${priced.json().id}`)).json().config).toMatchObject({
      feeRate: 0.002,
      makerFeeRate: null,
    })
  })

  it('are cancelled once or twice alike, then deleted', async () => {
    const { id } = (await post('/v1/backtests', { strategy: SMA_CROSS, candles: DAILY })).json()
    const remove = () =>
      api.app.inject({ method: 'DELETE', url: `/v1/backtests/${id}`, headers: caller.headers })
    expect((await remove()).json().code).toBe('ILLEGAL_TRANSITION')
    const cancel = () => post(`/v1/backtests/${id}/cancel`, {})
    const cancelled = [await cancel(), await cancel()]
    expect(cancelled.map((answer) => [answer.statusCode, answer.json()])).toEqual([
      [200, { id, status: 'cancelled' }],
      [200, { id, status: 'cancelled' }],
    ])
    expect((await get(`/v1/backtests/${id}/trades`)).json().code).toBe('ILLEGAL_TRANSITION')
    expect((await remove()).statusCode).toBe(204)
    expect((await get(`/v1/backtests/${id}`)).statusCode).toBe(404)
  })

  it('are listed newest first in pages, apart from sweeps', async () => {
    const sweep = await post('/v1/sweeps', {
      strategy: SMA_CROSS,
      candles: DAILY,
      parameters: { 'indicators.fast.params.period': { from: 2, to: 4, step: 1 } },
    })
    expect(sweep.statusCode).toBe(202)
    const { items } = await pages('/v1/backtests', { limit: '2' })
    const ids = items.map((item) => (item as { id: string }).id)
    expect(ids).toEqual(ids.toSorted().toReversed())
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).not.toContain(sweep.json().id)
    expect((await get(`/v1/sweeps/${sweep.json().id}`)).json()).toMatchObject({
      combinations: 3,
      objective: 'sharpe',
      parameters: { 'indicators.fast.params.period': [2, 3, 4] },
    })
    expect((await get(`/v1/sweeps/${sweep.json().id}/results`, { sort: '-maxDrawdown' })).json()).toEqual({
      items: [],
      nextCursor: null,
    })
    expect((await get(`/v1/sweeps/${sweep.json().id}/results`, { sort: 'luck' })).json().code).toBe(
      'INVALID_REQUEST',
    )
  })
})

describe('the first start', () => {
  it('makes one operator key, also when started twice at once, and shows it once', async () => {
    const made = await Promise.all([ensureOperator(api.db), ensureOperator(api.db)])
    const keys = made.map(({ apiKey }) => apiKey).filter((apiKey) => apiKey !== undefined)
    expect(keys).toHaveLength(1)
    expect((await ensureOperator(api.db)).apiKey).toBeUndefined()
    const answer = await api.app.inject({
      url: '/console/api/queues',
      headers: { authorization: `Bearer ${keys[0]}` },
    })
    expect(answer.statusCode).toBe(200)
  })
})
