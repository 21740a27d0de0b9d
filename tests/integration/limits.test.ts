import { newId } from '@botcriptofy/store/database'
import { failGoneEngines } from '@botcriptofy/store/sweep'
import { tellPool } from '@botcriptofy/store/worker-pool'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  DAILY,
  DAY_MS,
  importDaily,
  SMA_CROSS,
  startTestApi,
  type TestApi,
  type TestCaller,
} from './api.fixture.ts'

let api: TestApi
let operator: TestCaller
let acme: TestCaller
beforeAll(async () => {
  api = await startTestApi()
  operator = await api.caller('default', ['operator'])
  acme = await api.caller('acme')
  await importDaily(api, acme)
})
afterAll(() => api.close())

const call = async (caller: TestCaller, method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
  const answer = await api.app.inject({
    method,
    url: `/v1/${path}`,
    headers: caller.headers,
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, body: answer.json() }
}
const submitSweep = (periods: readonly number[]) => {
  const parameters = { 'indicators.fast.params.period': periods }
  return call(acme, 'POST', 'sweeps', { strategy: SMA_CROSS, candles: DAILY, parameters })
}
const limitsOf = (id: string, limits: object) => call(operator, 'PUT', `tenants/${id}/limits`, limits)

describe('limits over HTTP', () => {
  it('refuse what would be more than a tenant may have queued, and leave nothing of it', async () => {
    expect(await limitsOf('default', { maxQueuedCombinations: 5 })).toMatchObject({ status: 200 })
    expect(await submitSweep([2, 3, 4, 5])).toMatchObject({ status: 202 })
    expect(await submitSweep([2, 3])).toMatchObject({
      status: 429,
      body: {
        code: 'QUOTA_EXCEEDED',
        detail: 'expected at most 5 combinations that have not ended, would be 6',
        retryable: true,
      },
    })
    const backtest = { strategy: SMA_CROSS, candles: DAILY }
    expect(await call(acme, 'POST', 'backtests', backtest)).toMatchObject({ status: 202 })
    expect(await call(acme, 'POST', 'backtests', backtest)).toMatchObject({ status: 429 })
    expect((await call(acme, 'GET', 'sweeps')).body.items).toHaveLength(1)
    expect((await call(acme, 'GET', 'limits')).body).toMatchObject({
      name: 'acme',
      weight: 1,
      maxQueuedCombinations: 5,
      queuedCombinations: 5,
      runningChunks: 1,
    })
    await limitsOf(acme.tenant.tenantId, { maxQueuedCombinations: 100, weight: 2.5 })
    expect(await submitSweep([2, 3])).toMatchObject({ status: 202 })
    const { body } = await call(operator, 'GET', 'tenants')
    expect(body.items.find(({ name }: { name: string }) => name === 'acme')).toMatchObject({
      weight: 2.5,
      maxQueuedCombinations: 100,
      queuedCombinations: 7,
    })
    expect((await call(operator, 'GET', `tenants/${acme.tenant.tenantId}/limits`)).body).toEqual({
      weight: 2.5,
      maxRunningChunks: null,
      maxQueuedCombinations: 100,
      cpuSecondsPerDay: null,
    })
  })

  it('count the trainings of a walk-forward from its acceptance on', async () => {
    const walker = await api.caller('walker')
    await importDaily(api, walker, 300)
    await limitsOf(walker.tenant.tenantId, { maxQueuedCombinations: 100 })
    const submit = () =>
      call(walker, 'POST', 'walkforwards', {
        strategy: SMA_CROSS,
        candles: DAILY,
        parameters: { 'indicators.fast.params.period': [2, 3, 4] },
        windows: { mode: 'rolling', trainMs: 100 * DAY_MS, testMs: 50 * DAY_MS },
      })
    const { body } = await submit()
    const { windows } = (await call(walker, 'GET', `walkforwards/${body.id}`)).body
    const runs = 3 * windows.total
    await limitsOf(walker.tenant.tenantId, { maxQueuedCombinations: 2 * runs - 1 })
    expect(await submit()).toMatchObject({
      status: 429,
      body: {
        code: 'QUOTA_EXCEEDED',
        detail: `expected at most ${2 * runs - 1} combinations that have not ended, would be ${2 * runs}`,
      },
    })
    expect((await call(walker, 'GET', 'walkforwards')).body.items).toHaveLength(1)
    await limitsOf(walker.tenant.tenantId, { maxQueuedCombinations: 2 * runs })
    expect(await submit()).toMatchObject({ status: 202 })
  })

  it.each([
    ['a tenant that is not there', newId(), {}, 404],
    ['no id', 'acme', {}, 400],
    ['a weight of nothing', 'default', { weight: 0 }, 400],
    ['an unknown limit', 'default', { maxBots: 3 }, 400],
  ])('are refused for %s', async (_what, id, limits, status) => {
    expect((await limitsOf(id, limits)).status).toBe(status)
  })

  it('are set by operators alone', async () => {
    expect((await call(acme, 'PUT', 'tenants/default/limits', {})).status).toBe(403)
    expect((await call(acme, 'GET', 'tenants')).status).toBe(403)
  })
})

describe('a run that does not go on', () => {
  it('tells why, fails when its engine is gone for good, and begins anew with the present one', async () => {
    await limitsOf(acme.tenant.tenantId, { maxQueuedCombinations: 100 })
    const { body } = await submitSweep([2, 3])
    const sweep = () => call(acme, 'GET', `sweeps/${body.id}`)
    expect((await sweep()).body.waitingFor).toMatchObject({ code: 'NO_WORKER' })
    await api.database.pool.query('update sweep set engine_revision = 1 where id = $1', [body.id])
    const pool = { id: newId(), queue: 'backtest', host: 'h', pid: 1, slots: 1 }
    await tellPool(api.db, { ...pool, engineRevision: 2 }, 0)
    expect((await sweep()).body.waitingFor).toEqual({
      code: 'ENGINE_REVISION_AWAY',
      detail: 'expected a worker of engine revision 1, those there have 2',
    })
    expect(await failGoneEngines(api.db, 0)).toBe(1)
    expect((await sweep()).body).toMatchObject({
      status: 'failed',
      waitingFor: null,
      error: { code: 'ENGINE_REVISION_GONE' },
    })
    const parameters = { 'indicators.fast.params.period': [9] }
    expect((await call(acme, 'POST', `sweeps/${body.id}/extend`, { parameters })).status).toBe(409)
    expect(await call(acme, 'POST', `sweeps/${body.id}/rerun`)).toMatchObject({
      status: 202,
      body: { runs: 2 },
    })
    expect((await sweep()).body).toMatchObject({ status: 'queued', engineRevision: 2, error: null })
    expect((await call(acme, 'GET', 'limits')).body.cpuSecondsToday).toBe(0)
  })
})

describe('botcriptofy limits', { timeout: 90_000 }, () => {
  const limits = async (...args: readonly string[]) => {
    const env = { DATABASE_URL: api.database.url }
    const app = startApp({ app: 'cli', args: ['limits', ...args], env })
    const { code } = await app.exited
    return { code, ...app.output() }
  }

  it('changes one limit, leaves the others, and takes one away', async () => {
    const set = await limits(
      'set',
      '--tenant',
      'acme',
      '--weight',
      '3',
      '--max-queued-combinations',
      'none',
      '--json',
    )
    expect([set.code, set.stderr]).toEqual([0, ''])
    expect(JSON.parse(set.stdout)).toMatchObject({ tenant: 'acme', weight: 3, maxQueuedCombinations: null })
  })

  it.each([
    [['--cpu-seconds-per-day', '-1'], '--cpu-seconds-per-day: expected more than 0, was -1\n'],
    [['--weight', 'x'], '--weight: expected a number or none, was "x"\n'],
    [['--max-running-chunks', '1.5'], '--max-running-chunks: expected a whole number, was 1.5\n'],
    [[], /^limits set: expected one of --weight, .*, was none\n$/],
  ])('refuses %j in words', async (options, message) => {
    const { code, stderr } = await limits('set', ...options)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
