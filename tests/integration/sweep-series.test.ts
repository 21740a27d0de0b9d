import { generateCandles } from '@botcriptofy/engine/market'
import { importCandles } from '@botcriptofy/store/candles'
import { SMA_CROSS as crossing } from '@botcriptofy/testkit/backtest-run'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApi, type TestCaller } from './api.fixture.ts'
import { startTestWorker } from './worker.fixture.ts'

const FAST = 'indicators.fast.params.period'
const VENUE = 'testex'
const HOUR_MS = 3_600_000
const SERIES = [
  { venue: VENUE, symbol: 'BTC/USD', timeframe: '1h' },
  { venue: VENUE, symbol: 'ETH/USD', timeframe: '1h' },
  { venue: VENUE, symbol: 'BTC/USD', timeframe: '4h' },
  { venue: VENUE, symbol: 'ETH/USD', timeframe: '4h' },
] as const
const [candles, ...alsoOn] = SERIES
const parameters = { [FAST]: [3, 5, 8] }

const api = await startTestApi()
let caller: TestCaller
let stranger: TestCaller
let stopWorker: () => Promise<void>

beforeAll(async () => {
  caller = await api.caller('acme')
  stranger = await api.caller('umbrella')
  for (const [place, name] of SERIES.entries()) {
    const timeframeMs = name.timeframe === '1h' ? HOUR_MS : 4 * HOUR_MS
    const made = { seed: place + 1, bars: 900, timeframeMs, startMs: Date.UTC(2024, 0, 1), startPrice: 100 }
    const series = { ...name, owner: caller.tenant, isSimulated: true }
    await importCandles(api.database, series, generateCandles(made))
  }
  stopWorker = startTestWorker(api)
})
afterAll(async () => {
  await stopWorker()
  await api.close()
})

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  api.app.inject({ method, url, headers: caller.headers, ...(payload === undefined ? {} : { payload }) })
const get = async (url: string) => {
  const answer = await call('GET', url)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}
const post = (body: object) =>
  call('POST', '/v1/sweeps', { strategy: crossing, candles, alsoOn, parameters, ...body })
const ended = (path: string) =>
  waitFor(
    async () => {
      const view = await get(path)
      return view.finishedAtMs !== null && view
    },
    { describe: 'the end of the run', limitMs: 60_000 },
  )

interface Member {
  readonly id: string
  readonly symbol: string
  readonly timeframe: string
}
interface Run {
  readonly sweepId: string
  readonly ordinal: number
  readonly score: number
  readonly totalReturn: number
}
interface OverSeries {
  readonly params: Readonly<Record<string, number>>
  readonly completed: number
  readonly profitable: number
  readonly worst: number
  readonly median: number
  readonly runs: readonly Run[]
}

test('over two symbols and two timeframes each run is the single backtest, and combinations rank by their worst', async () => {
  const answer = await post({})
  expect(answer.statusCode, answer.body).toBe(202)
  const { id, series } = answer.json()
  expect(series.map(({ id: _, ...name }: Member) => name)).toEqual(SERIES)
  expect(id).toBe(series[0].id)
  const views = await Promise.all(series.map((one: Member) => ended(`/v1/sweeps/${one.id}`)))
  const [{ groupId }] = views
  expect(groupId).toEqual(expect.any(String))
  for (const [place, view] of views.entries()) {
    expect(view).toMatchObject({ ...SERIES[place], status: 'completed', combinations: 3, groupId })
  }
  expect(new Set(views.map(({ datasetDigest }) => datasetDigest)).size).toBe(4)

  for (const [place, name] of SERIES.entries()) {
    const strategy = {
      ...crossing,
      indicators: { ...crossing.indicators, fast: { type: 'sma', params: { period: 5 } } },
    }
    const single = (await call('POST', '/v1/backtests', { strategy, candles: name })).json()
    const backtest = await ended(`/v1/backtests/${single.id}`)
    const run = await get(`/v1/sweeps/${series[place].id}/runs/1`)
    expect(run.metrics).toEqual(backtest.metrics)
    expect(run).toMatchObject({
      params: { [FAST]: 5 },
      tradesSha256: backtest.result.tradesSha256,
      finalEquity: backtest.result.finalEquity,
    })
  }

  const page = await get(`/v1/sweeps/${series[2].id}/series`)
  expect(page.series).toMatchObject(series.map((one: Member) => ({ ...one, status: 'completed' })))
  const items: readonly OverSeries[] = page.items
  expect(new Set(items.map(({ params }) => params[FAST]))).toEqual(new Set([3, 5, 8]))
  for (const { params, runs, ...item } of items) {
    expect(runs.map(({ sweepId }) => sweepId)).toEqual(series.map((one: Member) => one.id))
    for (const { sweepId, ordinal, score, totalReturn } of runs) {
      const run = await get(`/v1/sweeps/${sweepId}/runs/${ordinal}`)
      expect(run).toMatchObject({ params, score, metrics: { sharpe: score, totalReturn } })
    }
    const scores = runs.map(({ score }) => score).toSorted((a, b) => a - b)
    expect(item).toMatchObject({
      completed: 4,
      kept: 4,
      profitable: runs.filter(({ totalReturn }) => totalReturn > 0).length,
      worst: scores[0],
    })
    expect(item.median).toBeCloseTo((scores[1]! + scores[2]!) / 2, 12)
  }
  const worst = items.map((item) => item.worst)
  expect(worst).toEqual(worst.toSorted((a, b) => b - a))
  const byMedian = await get(`/v1/sweeps/${id}/series?sort=median`)
  const medians = byMedian.items.map((item: OverSeries) => item.median)
  expect(medians).toEqual(medians.toSorted((a: number, b: number) => b - a))
  const first = await get(`/v1/sweeps/${id}/series?limit=2`)
  const rest = await get(`/v1/sweeps/${id}/series?limit=2&cursor=${first.nextCursor}`)
  expect([...first.items, ...rest.items]).toEqual(items)
}, 60_000)

test('a run that fails on its series makes the worst unknown and comes last', async () => {
  const { id, series } = (await post({ alsoOn: alsoOn.slice(0, 1), parameters: { [FAST]: [4, 6] } })).json()
  for (const one of series) await ended(`/v1/sweeps/${one.id}`)
  const before = await get(`/v1/sweeps/${id}/series`)
  const [best] = before.items
  await api.database.pool.query(
    `update sweep_run set status = 'failed', address = null, objective_value = null
      where sweep_id = $1 and ordinal = $2`,
    [series[1].id, best.runs[1].ordinal],
  )
  const { items } = await get(`/v1/sweeps/${id}/series`)
  expect(items[1]).toMatchObject({ params: best.params, completed: 1, worst: null, median: null })
  expect(items[1].runs).toEqual([best.runs[0]])
  expect(items[0]).toEqual(before.items[1])
}, 60_000)

test('a sweep over one series is read as a group of one, and one tenant does not see the groups of another', async () => {
  const answer = await post({ alsoOn: undefined, parameters: { [FAST]: [3] } })
  const { id, ...rest } = answer.json()
  expect(rest).toEqual({ status: 'queued' })
  const view = await ended(`/v1/sweeps/${id}`)
  expect(view.groupId).toBeNull()
  const page = await get(`/v1/sweeps/${id}/series`)
  expect(page.series).toMatchObject([{ id }])
  expect(page.items).toMatchObject([{ completed: 1, runs: [{ sweepId: id }] }])
  const seen = await api.app.inject({ url: `/v1/sweeps/${id}/series`, headers: stranger.headers })
  expect(seen.statusCode).toBe(404)
})

test('what cannot be run on one of the series is accepted on none', async () => {
  const count = async () => (await get('/v1/sweeps?limit=100')).items.length
  const before = await count()
  const unknown = await post({ alsoOn: [...alsoOn, { venue: VENUE, symbol: 'NO/USD', timeframe: '1h' }] })
  expect([unknown.statusCode, unknown.json().code]).toEqual([422, 'NO_CANDLES'])
  const twice = await post({ alsoOn: [candles] })
  expect(twice.json()).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'alsoOn.0' }] })
  const learning = await post({ search: { method: 'tpe', runs: 9 } })
  expect(learning.json()).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'search.method' }] })
  expect(await count()).toBe(before)
})

test('all series are cancelled with one call, and those that have ended stay as they are', async () => {
  const { id, series } = (await post({ parameters: { [FAST]: [7, 9] } })).json()
  const [done, ...others] = series
  await ended(`/v1/sweeps/${done.id}`)
  for (const one of others) await call('POST', `/v1/sweeps/${one.id}/pause`, {})
  const answer = await call('POST', `/v1/sweeps/${id}/series/cancel`, {})
  expect(answer.statusCode, answer.body).toBe(200)
  for (const one of answer.json().series) {
    expect((await get(`/v1/sweeps/${one.id}`)).status).toBe(one.status)
  }
  expect(answer.json().series[0]).toEqual({ id: done.id, status: 'completed' })
  const again = await call('POST', `/v1/sweeps/${id}/series/cancel`, {})
  expect(again.json()).toEqual(answer.json())
}, 60_000)
