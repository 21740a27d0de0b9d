import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { strategySchema } from '@botcriptofy/contracts/strategy'
import { backtestDetail, DEFAULT_BACKTEST_CONFIG, runBacktest } from '@botcriptofy/engine/backtest'
import { runChecks } from '@botcriptofy/engine/checks'
import { generateCandles } from '@botcriptofy/engine/market'
import { METRIC_KEYS, periodicTables } from '@botcriptofy/engine/metrics'
import { createSeriesColumns } from '@botcriptofy/engine/strategy'
import { insertResults } from '@botcriptofy/store/backtest'
import { packDetail, packEquity, packTrades } from '@botcriptofy/store/blob'
import { newId } from '@botcriptofy/store/database'
import { programOf } from '@botcriptofy/testkit/bars'
import {
  DAILY,
  FIRST_DAY_MS,
  importDaily,
  SMA_CROSS,
  startTestApi,
  type TestApi,
  type TestCaller,
} from './api.fixture.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a route needs to be called by its owner: `{id}` in the url is replaced by an id of the owner's. */
interface RouteCase {
  readonly id?: 'backtest' | 'sweep' | 'walkforward' | 'strategy' | 'key' | 'bot' | 'tenant'
  readonly query?: Record<string, string>
  readonly payload?: object | string
  readonly headers?: Record<string, string>
  /** What the owner gets when it is not 200: the sweep here never runs. */
  readonly status?: number
  /** What a stranger gets when it is not 404: an operator's routes are closed to all others, whatever the id. */
  readonly strangerGets?: readonly [number, string]
}

/** Every route of the API that is not public. A route that is missing here fails the test below. */
const ROUTES: Readonly<Record<string, RouteCase>> = {
  'POST /v1/candles/import': {
    query: DAILY,
    payload: 'timestamp,open,high,low,close,volume\n0,1,1,1,1,1\n',
    headers: { 'content-type': 'text/csv' },
  },
  'GET /v1/candles': { query: DAILY },
  'GET /v1/candles/series': {},
  'GET /v1/instruments': {},
  'PUT /v1/instruments': {},
  'GET /v1/markets': {},
  'GET /v1/markets/stream': { status: 426 },
  'POST /v1/strategies': { payload: { strategy: SMA_CROSS } },
  'GET /v1/strategies': {},
  'GET /v1/strategies/:id': { id: 'strategy' },
  'GET /v1/strategies/:id/versions': { id: 'strategy' },
  'POST /v1/strategies/:id/versions': { id: 'strategy', payload: { strategy: { ...SMA_CROSS, version: 2 } } },
  'GET /v1/strategies/:id/versions/:version': { id: 'strategy' },
  'POST /v1/backtests': { payload: { strategy: SMA_CROSS, candles: DAILY } },
  'GET /v1/backtests': {},
  'GET /v1/backtests/:id': { id: 'backtest' },
  'GET /v1/backtests/:id/progress': { id: 'backtest' },
  'GET /v1/backtests/:id/trades': { id: 'backtest' },
  'GET /v1/backtests/:id/equity': { id: 'backtest' },
  'GET /v1/backtests/:id/checks': { id: 'backtest' },
  'GET /v1/backtests/:id/periodic': { id: 'backtest' },
  'GET /v1/backtests/:id/montecarlo': { id: 'backtest', status: 400 },
  'GET /v1/backtests/:id/report': { id: 'backtest' },
  'POST /v1/backtests/:id/cancel': { id: 'backtest' },
  'DELETE /v1/backtests/:id': { id: 'backtest' },
  'POST /v1/sweeps': {
    payload: {
      strategy: SMA_CROSS,
      candles: DAILY,
      parameters: { 'indicators.fast.params.period': [2, 3] },
    },
  },
  'GET /v1/sweeps': {},
  'GET /v1/sweeps/:id': { id: 'sweep' },
  'GET /v1/sweeps/:id/progress': { id: 'sweep' },
  'GET /v1/sweeps/:id/runs/:ordinal': { id: 'sweep', status: 404 },
  'GET /v1/sweeps/:id/results': { id: 'sweep' },
  'GET /v1/sweeps/:id/series': { id: 'sweep' },
  'POST /v1/sweeps/:id/series/cancel': { id: 'sweep' },
  'GET /v1/sweeps/:id/checks': { id: 'sweep', status: 409 },
  'GET /v1/sweeps/:id/report': { id: 'sweep', status: 409 },
  'GET /v1/sweeps/:id/validity': { id: 'sweep', status: 409 },
  'POST /v1/sweeps/:id/cancel': { id: 'sweep' },
  'POST /v1/sweeps/:id/pause': { id: 'sweep' },
  'POST /v1/sweeps/:id/resume': { id: 'sweep' },
  'POST /v1/sweeps/:id/rerun': { id: 'sweep' },
  'POST /v1/sweeps/:id/extend': {
    id: 'sweep',
    payload: { parameters: { 'indicators.fast.params.period': [9] } },
  },
  'POST /v1/bots': {
    payload: { strategy: SMA_CROSS, market: DAILY },
  },
  'GET /v1/bots': {},
  'GET /v1/bots/:id': { id: 'bot' },
  'PATCH /v1/bots/:id': { id: 'bot', payload: { name: 'other' }, headers: { 'if-match': '*' } },
  'POST /v1/bots/:id/clone': { id: 'bot', payload: {} },
  'POST /v1/bots/:id/start': { id: 'bot', payload: {} },
  'POST /v1/bots/:id/pause': { id: 'bot', status: 409 },
  'POST /v1/bots/:id/resume': { id: 'bot', status: 409 },
  'POST /v1/bots/:id/stop': { id: 'bot', payload: {} },
  'POST /v1/bots/:id/halt': { id: 'bot', payload: {}, status: 409 },
  'POST /v1/bots/:id/reset': { id: 'bot', payload: { reason: 'test' }, status: 409 },
  'GET /v1/bots/:id/orders': { id: 'bot' },
  'GET /v1/bots/:id/positions': { id: 'bot' },
  'GET /v1/bots/:id/events': { id: 'bot' },
  'GET /v1/bots/:id/trades': { id: 'bot' },
  'DELETE /v1/bots/:id': { id: 'bot', status: 409 },
  'POST /v1/kill': { payload: { scope: 'tenant' } },
  'POST /v1/walkforwards': {
    payload: {
      strategy: SMA_CROSS,
      candles: DAILY,
      parameters: { 'indicators.fast.params.period': [2, 3] },
      windows: { mode: 'rolling', trainMs: 20 * 86_400_000, testMs: 10 * 86_400_000 },
    },
  },
  'GET /v1/walkforwards': {},
  'GET /v1/walkforwards/:id': { id: 'walkforward' },
  'GET /v1/walkforwards/:id/progress': { id: 'walkforward' },
  'GET /v1/walkforwards/:id/equity': { id: 'walkforward', status: 409 },
  'GET /v1/walkforwards/:id/report': { id: 'walkforward', status: 409 },
  'POST /v1/walkforwards/:id/cancel': { id: 'walkforward' },
  'GET /v1/jobs': {},
  'GET /v1/limits': {},
  'GET /v1/tenants': {},
  'GET /v1/tenants/:id/limits': { id: 'tenant', status: 403, strangerGets: [403, 'FORBIDDEN'] },
  'PUT /v1/tenants/:id/limits': { id: 'tenant', payload: {}, strangerGets: [403, 'FORBIDDEN'] },
  'GET /v1/keys': {},
  'POST /v1/keys': { payload: { name: 'new' } },
  'DELETE /v1/keys/:id': { id: 'key' },
  'GET /v1/events': {},
}

let api: TestApi
let owner: TestCaller
let stranger: TestCaller
let ids: Record<NonNullable<RouteCase['id']>, string>

beforeAll(async () => {
  api = await startTestApi()
  owner = await api.caller('owner')
  stranger = await api.caller('stranger')
  await importDaily(api, owner)
  ids = {
    backtest: await create('/v1/backtests', ROUTES['POST /v1/backtests']?.payload),
    sweep: await create('/v1/sweeps', ROUTES['POST /v1/sweeps']?.payload),
    walkforward: await create('/v1/walkforwards', ROUTES['POST /v1/walkforwards']?.payload),
    strategy: await create('/v1/strategies', ROUTES['POST /v1/strategies']?.payload, 'strategyId'),
    bot: await create('/v1/bots', ROUTES['POST /v1/bots']?.payload),
    key: (await api.caller('owner')).keyId,
    tenant: owner.tenant.tenantId,
  }
  await finishBacktest(ids.backtest)
})
afterAll(() => api.close())

const create = async (url: string, payload: object | string | undefined, idName = 'id'): Promise<string> => {
  const answer = await api.app.inject({
    method: 'POST',
    url,
    headers: owner.headers,
    payload: payload ?? {},
  })
  if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.body}`)
  return answer.json()[idName]
}

/** What the report of a backtest needs beyond its numbers, of a run over one bar. */
const reportParts = () => {
  const candles = generateCandles({
    seed: 1,
    bars: 1,
    startMs: FIRST_DAY_MS,
    timeframeMs: 86_400_000,
    startPrice: 100,
  })
  const program = programOf(strategySchema.parse(SMA_CROSS))
  const config = DEFAULT_BACKTEST_CONFIG
  const input = { program, config, series: createSeriesColumns(candles) }
  const result = runBacktest(input)
  const { time } = candles
  const { equity, firstTradableBar } = result
  const { initialCapital } = config
  return {
    analysis: {
      checks: runChecks({ program, candles, config }),
      periodic: periodicTables({ time, equity, initialCapital, firstTradableBar, trades: [] }),
    },
    detail: packDetail(backtestDetail({ input, result })),
  }
}

/** What a worker would have stored, so that the owner's own requests for rows succeed. */
const finishBacktest = async (id: string) => {
  const address = newId()
  const metrics = Object.fromEntries(METRIC_KEYS.map((key) => [key, null]))
  const time = Float64Array.of(FIRST_DAY_MS)
  await insertResults(api.db, [
    {
      address,
      engine: '0',
      engineRevision: 1,
      bars: 1,
      lowSample: true,
      finalEquity: 1,
      band: { worst: 1, best: 1, ambiguousBars: 0 },
      metrics,
      metricReasons: {},
      recommendations: [],
      tradesSha256: '',
      tradeCount: 0,
      blobs: { trades: packTrades([]), equity: packEquity({ time, equity: time }) },
      ...reportParts(),
      computeMs: 1,
    },
  ])
  await api.db
    .insertInto('sweep_run')
    .values({
      tenant_id: owner.tenant.tenantId,
      sweep_id: id,
      params_sha256: '',
      ordinal: 0,
      params: '{}',
      status: 'completed',
      address,
      is_cached: false,
    })
    .execute()
}

const call = (route: string, headers: Record<string, string>) => {
  const [method, pattern] = route.split(' ') as [Method, string]
  const { id, query, payload, headers: own } = ROUTES[route] ?? {}
  const url = pattern
    .replace(':id', id === undefined ? '' : ids[id])
    .replace(':version', '1')
    .replace(':ordinal', '0')
  return api.app.inject({
    method,
    url,
    headers: { ...own, ...headers },
    ...(query === undefined ? {} : { query }),
    ...(payload === undefined ? {} : { payload }),
  })
}

describe('tenancy', () => {
  it('is looked at for every route there is', () => {
    const registered = api.app.routeAccess
      .filter(
        ({ method, url, access }) => url.startsWith('/v1/') && method !== 'HEAD' && access() !== 'public',
      )
      .map(({ method, url }) => `${method} ${url}`)
    expect(new Set(registered)).toEqual(new Set(Object.keys(ROUTES)))
  })

  it('names an id for every route that takes one', () => {
    const without = Object.entries(ROUTES).filter(
      ([route, { id }]) => /:id\b/.test(route) && id === undefined,
    )
    expect(without).toEqual([])
  })

  it.each(Object.keys(ROUTES))('%s needs a caller', async (route) => {
    const answer = await call(route, {})
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it.each(Object.keys(ROUTES).filter((route) => route.includes(':id')))(
    "%s does not know another tenant's id",
    async (route) => {
      const answer = await call(route, stranger.headers)
      expect([answer.statusCode, answer.json().code]).toEqual(
        ROUTES[route]?.strangerGets ?? [404, 'NOT_FOUND'],
      )
    },
  )

  it.each(Object.keys(ROUTES).filter((route) => /^GET .*:id/.test(route)))(
    '%s answers its owner',
    async (route) => {
      expect((await call(route, owner.headers)).statusCode).toBe(ROUTES[route]?.status ?? 200)
    },
  )

  it.each([
    'GET /v1/strategies',
    'GET /v1/backtests',
    'GET /v1/sweeps',
    'GET /v1/bots',
    'GET /v1/jobs',
    'GET /v1/candles/series',
  ])('%s lists nothing of another tenant', async (route) => {
    const [mine, theirs] = [await call(route, owner.headers), await call(route, stranger.headers)]
    expect([mine.statusCode, mine.json().items.length > 0]).toEqual([200, true])
    expect([theirs.statusCode, theirs.json().items]).toEqual([200, []])
  })

  it('GET /v1/keys lists the own keys alone', async () => {
    const answer = await call('GET /v1/keys', stranger.headers)
    expect(answer.json().items.map(({ id }: { id: string }) => id)).toEqual([stranger.keyId])
  })

  it.each([
    ['GET /v1/candles', 404, 'NOT_FOUND'],
    ['POST /v1/backtests', 422, 'NO_CANDLES'],
    ['POST /v1/sweeps', 422, 'NO_CANDLES'],
  ] as const)("%s does not read another tenant's candles", async (route, status, code) => {
    const answer = await call(route, stranger.headers)
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })

  it("POST /v1/backtests does not run another tenant's strategy", async () => {
    await importDaily(api, stranger)
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/backtests',
      headers: stranger.headers,
      payload: { strategy: { strategyId: ids.strategy, version: 1 }, candles: DAILY },
    })
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'NOT_FOUND'])
  })

  it('has changed nothing of the owner', async () => {
    const [backtest, sweep, key] = await Promise.all([
      call('GET /v1/backtests/:id', owner.headers),
      call('GET /v1/sweeps/:id', owner.headers),
      api.db.selectFrom('api_key').select('revoked_at').where('id', '=', ids.key).executeTakeFirst(),
    ])
    expect([backtest.json().status, sweep.json().status, key]).toEqual([
      'queued',
      'queued',
      { revoked_at: null },
    ])
  })

  it('imports into the own series alone', async () => {
    await call('POST /v1/candles/import', stranger.headers)
    const bars = async ({ headers }: TestCaller) =>
      (await call('GET /v1/candles/series', headers)).json().items[0].bars
    expect(await bars(owner)).toBe(40)
  })
})
