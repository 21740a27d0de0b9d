import { botView, type BotView } from '@botcriptofy/contracts/bot'
import { strategySchema } from '@botcriptofy/contracts/strategy'
import { canonicalJson } from '@botcriptofy/contracts/http'
import { METRIC_KEYS } from '@botcriptofy/engine/metrics'
import { insertResults } from '@botcriptofy/store/backtest'
import { newId, sha256Hex } from '@botcriptofy/store/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAILY, importDaily, SMA_CROSS, startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

const FAST = 'indicators.fast.params.period'

let api: TestApi
let caller: TestCaller
beforeAll(async () => {
  api = await startTestApi()
  caller = await api.caller('acme')
  await importDaily(api, caller)
  await api.app.inject({
    method: 'POST',
    url: '/v1/candles/import',
    query: { ...DAILY, symbol: 'ETH/USD' },
    headers: { ...caller.headers, 'content-type': 'text/csv' },
    payload: 'timestamp,open,high,low,close,volume\n1704067200000,1,1,1,1,1\n',
  })
})
afterAll(() => api.close())

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
const call = (method: Method, url: string, payload?: object, headers: Record<string, string> = {}) =>
  api.app.inject({
    method,
    url,
    headers: { ...caller.headers, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
const refusal = async (method: Method, url: string, payload?: object, headers?: Record<string, string>) => {
  const answer = await call(method, url, payload, headers)
  return [answer.statusCode, answer.json().code, answer.json().detail ?? answer.json().errors?.[0]]
}
const create = async (payload: object): Promise<BotView> => {
  const answer = await call('POST', '/v1/bots', payload)
  expect(answer.statusCode, answer.body).toBe(201)
  expect(answer.headers['location']).toBe(`/v1/bots/${answer.json().id}`)
  return botView.parse(answer.json())
}
const change = (id: string, version: number, payload: object) =>
  call('PATCH', `/v1/bots/${id}`, payload, { 'if-match': `"${version}"` })

const submit = async (kind: 'backtests' | 'sweeps', payload: object): Promise<string> => {
  const answer = await call('POST', `/v1/${kind}`, { strategy: SMA_CROSS, candles: DAILY, ...payload })
  expect(answer.statusCode, answer.body).toBe(202)
  return answer.json().id
}

/** What a worker would have stored of a run; without a Sharpe ratio it has failed. */
const finish = async (sweepId: string, ordinal: number, params: object, sharpe: number | null) => {
  const address = newId()
  const isFailed = sharpe === null
  const metrics = { ...Object.fromEntries(METRIC_KEYS.map((key) => [key, null])), sharpe }
  const result = {
    address,
    engine: '0',
    engineRevision: 2,
    bars: 40,
    lowSample: true,
    finalEquity: 1,
    band: { worst: 1, best: 1, ambiguousBars: 0 },
    metrics,
    metricReasons: {},
    recommendations: [],
    tradesSha256: '',
    tradeCount: 0,
    blobs: null,
    computeMs: 1,
  }
  if (!isFailed) await insertResults(api.db, [result])
  await api.db
    .insertInto('sweep_run')
    .values({
      tenant_id: caller.tenant.tenantId,
      sweep_id: sweepId,
      params_sha256: sha256Hex(canonicalJson(params)),
      ordinal,
      params: JSON.stringify(params),
      status: isFailed ? 'failed' : 'completed',
      address: isFailed ? null : address,
      is_cached: false,
      objective_value: sharpe,
      error_code: isFailed ? 'TOO_SLOW' : null,
      error_detail: isFailed ? '' : null,
    })
    .execute()
  return address
}

describe('a bot made from a backtest', () => {
  it('has its strategy, market and rules, and the numbers it was chosen for', async () => {
    const config = { feeRate: 0.002, rows: 30, signalsFromBar: 3 }
    const backtestId = await submit('backtests', { config })
    const resultAddress = await finish(backtestId, 0, {}, 1.5)
    const bot = await create({ from: { backtestId } })
    expect(bot).toMatchObject({
      name: 'sma-cross BTC/USD 1d',
      mode: 'paper',
      state: 'CREATED',
      version: 1,
      market: DAILY,
      strategy: SMA_CROSS,
      // A bot has no first row and no last one.
      config: { feeRate: 0.002, rows: null, signalsFromBar: 0 },
      origin: { kind: 'backtest', backtestId, resultAddress, metrics: { sharpe: 1.5 }, isChanged: false },
    })
    const run = (await call('GET', `/v1/backtests/${backtestId}`)).json()
    expect(bot.strategySha256).toBe(run.strategySha256)
  })

  it('outlives the backtest and its result', async () => {
    const backtestId = await submit('backtests', {})
    const address = await finish(backtestId, 0, {}, 1)
    const { id } = await create({ from: { backtestId }, name: 'keeper' })
    await api.db.deleteFrom('sweep').where('id', '=', backtestId).execute()
    await api.db.deleteFrom('backtest_result').where('address', '=', address).execute()
    const bot = (await call('GET', `/v1/bots/${id}`)).json()
    expect(bot).toMatchObject({ name: 'keeper', origin: { backtestId, metrics: { sharpe: 1 } } })
  })

  it('is refused while there is no result, and of a portfolio, with the reason', async () => {
    const queued = await submit('backtests', {})
    expect(await refusal('POST', '/v1/bots', { from: { backtestId: queued } })).toEqual([
      422,
      'NOT_PROMOTABLE',
      'expected a completed backtest, was queued',
    ])
    const candles = [DAILY, { ...DAILY, symbol: 'ETH/USD' }]
    const portfolio = await submit('backtests', { candles })
    expect(await refusal('POST', '/v1/bots', { from: { backtestId: portfolio } })).toEqual([
      422,
      'NOT_PROMOTABLE',
      'expected a run over one symbol, was a portfolio of BTC/USD, ETH/USD; a bot trades one',
    ])
    expect(await refusal('POST', '/v1/bots', { from: { backtestId: newId() } })).toEqual([
      404,
      'NOT_FOUND',
      'there is no backtest with this id',
    ])
  })
})

describe('a bot made from a sweep', () => {
  it('has the parameters of the run applied: the best, or the one that is named', async () => {
    const sweepId = await submit('sweeps', { parameters: { [FAST]: [2, 3, 4] } })
    await finish(sweepId, 0, { [FAST]: 2 }, 0.5)
    await finish(sweepId, 1, { [FAST]: 3 }, null)
    await finish(sweepId, 2, { [FAST]: 4 }, 1.25)
    const periodOf = ({ strategy }: BotView) =>
      strategySchema.parse(strategy).indicators['fast']?.params?.['period']
    const best = await create({ from: { sweepId } })
    expect(periodOf(best)).toBe(4)
    expect(best.origin).toMatchObject({ kind: 'sweep', sweepId, ordinal: 2, params: { [FAST]: 4 } })
    const named = await create({ from: { sweepId, ordinal: 0 } })
    expect([periodOf(named), named.origin]).toMatchObject([2, { ordinal: 0, metrics: { sharpe: 0.5 } }])
    expect(named.strategySha256).not.toBe(best.strategySha256)

    expect(await refusal('POST', '/v1/bots', { from: { sweepId, ordinal: 1 } })).toEqual([
      422,
      'NOT_PROMOTABLE',
      'expected a completed run, was failed with TOO_SLOW',
    ])
    expect((await refusal('POST', '/v1/bots', { from: { sweepId, ordinal: 3 } }))[0]).toBe(404)
  })

  it('is refused where no run has completed', async () => {
    const sweepId = await submit('sweeps', { parameters: { [FAST]: [2, 3] } })
    expect((await refusal('POST', '/v1/bots', { from: { sweepId } }))[1]).toBe('NOT_PROMOTABLE')
  })
})

describe('a bot that is defined whole', () => {
  it('takes defaults as a backtest does, and has no origin', async () => {
    const bot = await create({
      strategy: SMA_CROSS,
      market: DAILY,
      config: { initialCapital: 500 },
      name: 'x',
    })
    expect(bot).toMatchObject({ config: { initialCapital: 500, feeRate: 0.001 }, origin: null })
  })

  it.each([
    ['neither', { name: 'x' }, 'strategy'],
    ['a run and a strategy', { from: { sweepId: newId() }, strategy: SMA_CROSS }, 'strategy'],
    ['two runs', { from: { sweepId: newId(), backtestId: newId() } }, 'from.backtestId'],
    ['an ordinal of a backtest', { from: { backtestId: newId(), ordinal: 1 } }, 'from.ordinal'],
    ['real money', { strategy: SMA_CROSS, market: DAILY, mode: 'live' }, 'mode'],
    ['an unknown key', { strategy: SMA_CROSS, market: DAILY, state: 'RUNNING' }, 'state'],
  ])('is refused with %s', async (_, payload, path) => {
    const [status, code, error] = await refusal('POST', '/v1/bots', payload)
    expect([status, code, error.path]).toEqual([400, 'INVALID_REQUEST', path])
  })

  it('is refused with a strategy that cannot run', async () => {
    const payload = { strategy: { ...SMA_CROSS, direction: 'up' }, market: DAILY }
    expect((await refusal('POST', '/v1/bots', payload)).slice(0, 2)).toEqual([422, 'INVALID_STRATEGY'])
  })

  it('is made once for one Idempotency-Key', async () => {
    const payload = { strategy: SMA_CROSS, market: DAILY }
    const key = { 'idempotency-key': newId() }
    const first = await call('POST', '/v1/bots', payload, key)
    const second = await call('POST', '/v1/bots', payload, key)
    expect([second.json().id, second.headers['idempotency-replayed']]).toEqual([first.json().id, 'true'])
    expect(second.headers['etag']).toBe('"1"')
    const other = await refusal('POST', '/v1/bots', { ...payload, name: 'y' }, key)
    expect(other.slice(0, 2)).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
  })
})

describe('a change of a bot', () => {
  it('is of the version that was read, and makes the next one', async () => {
    const { id } = await create({ strategy: SMA_CROSS, market: DAILY })
    const read = await call('GET', `/v1/bots/${id}`)
    expect(read.headers['etag']).toBe('"1"')
    const changed = await change(id, 1, { name: 'other', config: { feeRate: 0 } })
    expect([changed.statusCode, changed.headers['etag']]).toEqual([200, '"2"'])
    expect(changed.json()).toMatchObject({
      name: 'other',
      version: 2,
      config: { feeRate: 0, initialCapital: 10_000 },
    })
    const late = await change(id, 1, { name: 'late' })
    expect([late.statusCode, late.json()]).toMatchObject([
      412,
      { code: 'PRECONDITION_FAILED', detail: 'If-Match: expected "2", was "1"; read the bot again' },
    ])
    expect((await refusal('PATCH', `/v1/bots/${id}`, { name: 'blind' })).slice(0, 2)).toEqual([
      428,
      'PRECONDITION_REQUIRED',
    ])
    expect((await call('GET', `/v1/bots/${id}`)).json()).toMatchObject({ name: 'other', version: 2 })
  })

  it('goes through once when two are made at the same time', async () => {
    const { id } = await create({ strategy: SMA_CROSS, market: DAILY })
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => change(id, 1, { name })))
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 412, 412])
  })

  it('of the strategy or the rules says that the numbers of the origin are no proof any more', async () => {
    const backtestId = await submit('backtests', {})
    await finish(backtestId, 0, {}, 1)
    const { id } = await create({ from: { backtestId } })
    expect((await change(id, 1, { name: 'same rules' })).json().origin.isChanged).toBe(false)
    const changed = await change(id, 2, { strategy: { ...SMA_CROSS, stopLoss: { fraction: 0.1 } } })
    expect(changed.json()).toMatchObject({ version: 3, origin: { backtestId, isChanged: true } })
  })

  it('of a bot that runs is refused, but for its name; so is deleting it', async () => {
    const { id } = await create({ strategy: SMA_CROSS, market: DAILY })
    await api.db.updateTable('bot').set({ state: 'RUNNING' }).where('id', '=', id).execute()
    expect((await change(id, 1, { config: { feeRate: 0 } })).json()).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    })
    expect((await change(id, 1, { name: 'renamed' })).statusCode).toBe(200)
    expect(await refusal('DELETE', `/v1/bots/${id}`)).toEqual([
      409,
      'ILLEGAL_TRANSITION',
      'expected a bot in the state CREATED or STOPPED, was RUNNING; stop it first',
    ])
  })

  it.each([
    [{}, 'name'],
    [{ config: { feeRate: -1 } }, 'config.feeRate'],
    [{ mode: 'live' }, 'mode'],
  ])('to %j is refused', async (payload, path) => {
    const { id } = await create({ strategy: SMA_CROSS, market: DAILY })
    const answer = await change(id, 1, payload)
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path])
  })
})

describe('the bots of a tenant', () => {
  it('are listed newest first, cloned and deleted, and each of it is an event', async () => {
    const other = await api.caller('other')
    const as = (method: Method, url: string, payload?: object) =>
      api.app.inject({ method, url, headers: other.headers, ...(payload === undefined ? {} : { payload }) })
    const { id } = (
      await as('POST', '/v1/bots', { strategy: SMA_CROSS, market: DAILY, name: 'first' })
    ).json()
    const cloned = await as('POST', `/v1/bots/${id}/clone`, {})
    expect([cloned.statusCode, cloned.json()]).toMatchObject([
      201,
      { name: 'first copy', state: 'CREATED', version: 1, origin: { kind: 'bot', botId: id, version: 1 } },
    ])
    const names = async () =>
      (await as('GET', '/v1/bots')).json().items.map(({ name }: { name: string }) => name)
    expect(await names()).toEqual(['first copy', 'first'])
    expect((await as('DELETE', `/v1/bots/${id}`)).statusCode).toBe(204)
    expect(await names()).toEqual(['first copy'])
    const events = await api.db
      .selectFrom('event')
      .select('type')
      .where('tenant_id', '=', other.tenant.tenantId)
      .orderBy('id')
      .execute()
    expect(events.map(({ type }) => type)).toEqual(['bot.created', 'bot.created', 'bot.deleted'])
  })

  it('need the scope of bots', async () => {
    const tester = await api.caller('acme', ['backtests:read', 'backtests:write'])
    const answer = await api.app.inject({ url: '/v1/bots', headers: tester.headers })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'FORBIDDEN'])
  })
})
