import { generateCandles } from '@botcriptofy/engine/market'
import { importCandles } from '@botcriptofy/store/candles'
import { SMA_CROSS as crossing } from '@botcriptofy/testkit/backtest-run'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { DAILY, startTestApi, type TestCaller } from './api.fixture.ts'
import { startTestWorker } from './worker.fixture.ts'

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'
const BARS = 1800
const HOURLY = { ...DAILY, timeframe: '1h' }
const parameters = { [FAST]: { from: 3, to: 22, step: 1 }, [SLOW]: { from: 24, to: 80, step: 4 } }

const api = await startTestApi()
let caller: TestCaller
let stopWorker: () => Promise<void>

beforeAll(async () => {
  caller = await api.caller('acme')
  const candles = generateCandles({
    seed: 4,
    bars: BARS,
    timeframeMs: 3_600_000,
    startMs: Date.UTC(2024, 0, 1),
    startPrice: 100,
  })
  await importCandles(api.database, { ...HOURLY, owner: caller.tenant, isSimulated: true }, candles)
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
  call('POST', '/v1/sweeps', { strategy: crossing, candles: HOURLY, parameters, ...body })

/** Submits and waits for the end; the view of the sweep. */
const ended = async (body: object) => {
  const answer = await post(body)
  expect(answer.statusCode, answer.body).toBe(202)
  const { id } = answer.json()
  return waitFor(
    async () => {
      const view = await get(`/v1/sweeps/${id}`)
      return view.finishedAtMs !== null && view
    },
    { describe: 'the end of the sweep', limitMs: 60_000 },
  )
}

interface Run {
  readonly ordinal: number
  readonly params: Readonly<Record<string, number>>
  readonly metrics: Readonly<Record<string, number>>
  readonly score: number
  readonly violation: number
  readonly share: number
  readonly tradesSha256: string
}
const runsOf = async (id: string, query = ''): Promise<readonly Run[]> =>
  (await get(`/v1/sweeps/${id}/results?limit=100${query}`)).items
const choices = (runs: readonly Run[]) =>
  runs.toSorted((a, b) => a.ordinal - b.ordinal).map(({ params }) => params)

describe('a search', () => {
  test('by halving computes its first rounds over the first bars and ranks the last', async () => {
    const search = { method: 'successive_halving', runs: 18, seed: 3, minShare: 0.1 }
    const view = await ended({ search })
    expect(view).toMatchObject({
      status: 'completed',
      combinations: 26,
      progress: { done: 26, total: 26 },
      search: { ...search, eta: 3, sample: 'random' },
      stoppedBy: null,
      budget: null,
      rounds: [
        { round: 0, firstOrdinal: 0, runs: 18, share: 1 / 9 },
        { round: 1, firstOrdinal: 18, runs: 6, share: 1 / 3 },
        { round: 2, firstOrdinal: 24, runs: 2, share: 1 },
      ],
    })
    const ranked = await runsOf(view.id)
    expect(ranked.map(({ share }) => share)).toEqual([1, 1])
    expect(ranked[0]!.score).toBeGreaterThanOrEqual(ranked[1]!.score)
    const [short] = await runsOf(view.id, '&round=0')
    expect(short).toMatchObject({ share: 1 / 9 })
    const { items } = await get(`/v1/sweeps/${view.id}/results?round=1&limit=100`)
    expect(items).toHaveLength(6)
    expect((await call('GET', `/v1/sweeps/${view.id}/results?round=3`)).statusCode).toBe(404)

    const indicators = {
      fast: { type: 'sma', params: { period: short!.params[FAST] } },
      slow: { type: 'sma', params: { period: short!.params[SLOW] } },
    }
    const config = { rows: BARS / 9 }
    const body = { strategy: { ...crossing, indicators }, candles: HOURLY, config }
    const { id } = (await call('POST', '/v1/backtests', body)).json()
    const single = await waitFor(
      async () => {
        const backtest = await get(`/v1/backtests/${id}`)
        return backtest.status === 'completed' && backtest
      },
      { describe: 'the backtest over as many rows' },
    )
    expect(single.result).toMatchObject({ tradesSha256: short!.tradesSha256 })
    expect(single.metrics).toEqual(short!.metrics)
  }, 60_000)

  it.each([
    { method: 'random', runs: 12, seed: 5 },
    { method: 'latin_hypercube', runs: 12, seed: 5 },
    { method: 'tpe', runs: 24, seed: 5, startup: 8, batch: 4 },
  ])('%j is the same for the same body, and another for another seed', async (search) => {
    const [first, second, other] = await Promise.all(
      [search, search, { ...search, seed: 6 }].map(async (one) => {
        const view = await ended({ search: one })
        expect(view).toMatchObject({ status: 'completed', combinations: search.runs })
        return choices(await runsOf(view.id))
      }),
    )
    expect(second).toEqual(first)
    expect(other).not.toEqual(first)
    expect(first).toHaveLength(search.runs)
  })

  test('may be in a grid that is too large to be run', async () => {
    const large = { [FAST]: { from: 2, to: 501, step: 1 }, [SLOW]: { from: 2, to: 501, step: 1 } }
    const refused = await post({ parameters: large })
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'INVALID_PARAMETERS'])
    const view = await ended({ parameters: large, search: { method: 'random', runs: 3 } })
    expect(view).toMatchObject({ status: 'completed', combinations: 3 })
  })

  test('is not opened again where later runs depend on earlier ones, and no grid is appended to it', async () => {
    const dependent = await ended({ search: { method: 'tpe', runs: 3 } })
    const drawn = await ended({ search: { method: 'random', runs: 2 } })
    const bounded = await ended({ budget: { runs: 2 } })
    const refusal = async (id: string, verb: string) => {
      const answer = await call('POST', `/v1/sweeps/${id}/${verb}`, { parameters: { [FAST]: [99] } })
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'ILLEGAL_TRANSITION'])
      return answer.json().detail
    }
    expect(await refusal(dependent.id, 'rerun')).toBe(
      'expected a sweep whose runs do not depend on each other, was a search by tpe; submit a new sweep',
    )
    expect(await refusal(drawn.id, 'extend')).toBe(
      'expected a sweep of whole grids, was a search by random; submit a new sweep',
    )
    expect(await refusal(drawn.id, 'rerun')).toBe('expected a sweep with failed runs, was one without')
    expect(await refusal(bounded.id, 'extend')).toContain('expected a sweep without a budget')
  })
})

test('a budget of runs is exact, and a budget that halving cannot keep is refused', async () => {
  const view = await ended({ budget: { runs: 5, seconds: 60 } })
  expect(view).toMatchObject({
    status: 'completed',
    combinations: 5,
    budget: { runs: 5, seconds: 60 },
    stoppedBy: 'budget',
  })
  expect((await runsOf(view.id)).map(({ ordinal }) => ordinal).toSorted((a, b) => a - b)).toEqual([
    0, 1, 2, 3, 4,
  ])
  const search = { method: 'successive_halving', runs: 27, minShare: 0.1 }
  const refused = await post({ search, budget: { runs: 38 } })
  expect([refused.statusCode, refused.json().errors]).toEqual([
    400,
    [{ path: 'budget.runs', message: 'expected at least 39, which halving from 27 takes, was 38' }],
  ])
  const kept = await ended({ search, budget: { runs: 39 } })
  expect(kept).toMatchObject({ combinations: 39, stoppedBy: null })
})

test('seconds that are over end a sweep with what it has', async () => {
  const view = await ended({
    parameters: { [FAST]: { from: 2, to: 20_000, step: 1 } },
    budget: { seconds: 0.5 },
  })
  expect(view).toMatchObject({ status: 'completed', stoppedBy: 'budget' })
  expect(view.combinations).toBeLessThan(19_999)
  expect(view.progress.done).toBe(view.combinations)
  expect(view.finishedAtMs - view.startedAtMs).toBeLessThan(20_000)
})

describe('an objective', () => {
  const small = { [FAST]: [3, 5, 8, 13], [SLOW]: [30, 50] }
  const ranked = async (objective: unknown) => {
    const view = await ended({ parameters: small, objective })
    return { view, runs: await runsOf(view.id) }
  }
  const fees = (runs: readonly Run[]) => runs.map(({ metrics }) => metrics['fees']!)

  test('that is a bare name ranks the highest first, one with a direction as it says', async () => {
    const bare = await ranked('fees')
    expect(bare.view).toMatchObject({ objective: 'fees', scoring: { constraints: [] } })
    expect(fees(bare.runs)).toEqual(fees(bare.runs).toSorted((a, b) => b - a))
    const natural = await ranked({ metric: 'fees' })
    expect(natural.view.objective).toBe('-fees')
    expect(fees(natural.runs)).toEqual(fees(bare.runs).toReversed())
    expect(natural.runs[0]!.score).toBe(-fees(natural.runs)[0]!)
  })

  test('of weights and constraints ranks what keeps them by the sum', async () => {
    const { runs: all } = await ranked('trades')
    const atLeast = all[3]!.metrics['trades']!
    const { view, runs } = await ranked({
      weighted: [
        { metric: 'sharpe', weight: 0.7 },
        { metric: 'fees', weight: 0.01 },
      ],
      constraints: [{ metric: 'trades', atLeast }],
    })
    expect(view).toMatchObject({
      objective: '0.7 sharpe - 0.01 fees',
      scoring: { constraints: [{ metric: 'trades', atLeast }] },
    })
    for (const { score, metrics } of runs) {
      expect(score).toBe(0.7 * metrics['sharpe']! - 0.01 * metrics['fees']!)
    }
    const keeps = runs.map(({ metrics }) => metrics['trades']! >= atLeast)
    expect(keeps.lastIndexOf(true)).toBeLessThan(keeps.indexOf(false))
    expect(runs.map(({ violation }) => violation === 0)).toEqual(keeps)
    const scores = runs.filter(({ violation }) => violation === 0).map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    const { best } = await get(`/v1/sweeps/${view.id}/validity`)
    expect(best).toMatchObject({ ordinal: runs[0]!.ordinal, value: scores[0] })
    expect((await call('GET', `/v1/sweeps/${view.id}/report`)).statusCode).toBe(200)
  })
})
