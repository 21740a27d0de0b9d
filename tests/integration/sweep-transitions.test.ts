import { dispatchSweeps, completeChunk, findSweepForWork } from '@botcriptofy/store/sweep'
import { sweepChunkPayload } from '@botcriptofy/contracts/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { combinationsOf, failedRun } from '../../apps/worker/src/sweep/combinations.ts'
import { DAILY, importDaily, SMA_CROSS, startTestApi, type TestCaller } from './api.fixture.ts'

const api = await startTestApi()
afterAll(api.close)

let caller: TestCaller
let stranger: TestCaller
beforeAll(async () => {
  caller = await api.caller('acme')
  stranger = await api.caller('rival')
  await importDaily(api, caller)
})

const FAST = 'indicators.fast.params.period'
const SLOW = 'indicators.slow.params.period'

const post = (url: string, payload: object = {}, headers: object = {}, as = caller) =>
  api.app.inject({ method: 'POST', url, headers: { ...as.headers, ...headers }, payload })
const get = async (id: string) =>
  (await api.app.inject({ method: 'GET', url: `/v1/sweeps/${id}`, headers: caller.headers })).json()

const submit = (parameters: object) => post('/v1/sweeps', { strategy: SMA_CROSS, parameters, candles: DAILY })
const submitted = async (parameters: object = { [FAST]: [2, 3] }): Promise<string> =>
  (await submit(parameters)).json().id

/** Ends all that is handed out as failed: no worker runs here, and how a run ends is not what these tests ask. */
const failAll = async (): Promise<void> => {
  while ((await dispatchSweeps(api.db, 100)).chunks > 0) {
    const jobs = await api.db.selectFrom('job_outbox').selectAll().where('done_at', 'is', null).execute()
    for (const job of jobs) {
      const { tenantId, sweepId, from, to, attempt } = sweepChunkPayload.parse(job.payload)
      const sweep = (await findSweepForWork(api.db, scopeOf(tenantId), sweepId))!
      const runs = combinationsOf(sweep, { from, to }).map((combination) =>
        failedRun(combination, { code: 'UNLUCKY', detail: 'as the test wants' }),
      )
      const chunk = { sweepId, outboxId: job.id, from, to, attempt, runs, results: [] }
      await completeChunk(api.db, scopeOf(tenantId), chunk)
    }
  }
}

test('a hundred thousand combinations are accepted in under two seconds', async () => {
  const startedMs = performance.now()
  const answer = await submit({
    [FAST]: { from: 2, to: 401, step: 1 },
    [SLOW]: { from: 2, to: 251, step: 1 },
  })
  expect(performance.now() - startedMs).toBeLessThan(2000)
  expect(answer.statusCode).toBe(202)
  const { id } = answer.json()
  expect(await get(id)).toMatchObject({ combinations: 100_000, progress: { done: 0, total: 100_000 } })
  const cancelledMs = performance.now()
  expect((await post(`/v1/sweeps/${id}/cancel`)).statusCode).toBe(200)
  expect(performance.now() - cancelledMs).toBeLessThan(1000)
})

describe('a sweep that has not ended', () => {
  test('is paused and resumed, twice as well as once', async () => {
    const id = await submitted()
    for (const [verb, status] of [
      ['pause', 'paused'],
      ['pause', 'paused'],
      ['resume', 'queued'],
      ['resume', 'queued'],
    ] as const) {
      const answer = await post(`/v1/sweeps/${id}/${verb}`)
      expect([answer.statusCode, answer.json()]).toEqual([200, { id, status }])
      expect(await get(id)).toMatchObject({ status })
    }
    await failAll()
  })

  test('is cancelled in a pause too', async () => {
    const id = await submitted()
    await post(`/v1/sweeps/${id}/pause`)
    expect((await post(`/v1/sweeps/${id}/cancel`)).json()).toEqual({ id, status: 'cancelled' })
  })

  test.each([
    ['rerun', {}],
    ['extend', { parameters: { [FAST]: [7] } }],
  ])('takes no %s', async (verb, body) => {
    const id = await submitted()
    const answer = await post(`/v1/sweeps/${id}/${verb}`, body)
    expect([answer.statusCode, answer.json()]).toMatchObject([
      409,
      { code: 'ILLEGAL_TRANSITION', detail: 'expected a completed or failed sweep, was queued' },
    ])
    await failAll()
  })
})

describe('a sweep that has ended', () => {
  test('is neither paused nor resumed', async () => {
    const id = await submitted()
    await failAll()
    for (const verb of ['pause', 'resume']) {
      const answer = await post(`/v1/sweeps/${id}/${verb}`)
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'ILLEGAL_TRANSITION'])
      expect(answer.json().detail).toContain('was failed')
    }
  })

  test('is rerun once for one key', async () => {
    const id = await submitted()
    await failAll()
    const key = { 'idempotency-key': 'again' }
    const first = await post(`/v1/sweeps/${id}/rerun`, {}, key)
    expect([first.statusCode, first.json()]).toEqual([202, { id, status: 'queued', runs: 2 }])
    const second = await post(`/v1/sweeps/${id}/rerun`, {}, key)
    expect([second.statusCode, second.json()]).toEqual([202, first.json()])
    expect(await get(id)).toMatchObject({ status: 'queued', failed: 0, error: null, progress: { done: 0 } })
    await failAll()
    expect(await get(id)).toMatchObject({ status: 'failed', failed: 2, progress: { done: 2 } })
  })

  test('is extended by what it does not have', async () => {
    const id = await submitted()
    await failAll()
    const answer = await post(`/v1/sweeps/${id}/extend`, { parameters: { [FAST]: [3, 4] } })
    expect([answer.statusCode, answer.json()]).toEqual([202, { id, status: 'queued', runs: 1 }])
    await failAll()
    expect(await get(id)).toMatchObject({
      status: 'failed',
      combinations: 3,
      failed: 3,
      parameters: { [FAST]: [2, 3] },
      extensions: [{ firstOrdinal: 2, parameters: { [FAST]: [3, 4] } }],
    })
  })

  test.each([
    ['nothing new', { [FAST]: [2] }],
    ['another parameter', { [SLOW]: [7] }],
    ['a value no indicator takes', { [FAST]: [-1] }],
  ])('is not extended by %s', async (_what, parameters) => {
    const id = await submitted()
    await failAll()
    const answer = await post(`/v1/sweeps/${id}/extend`, { parameters })
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'INVALID_PARAMETERS'])
    expect(await get(id)).toMatchObject({ status: 'failed', combinations: 2 })
  })

  test('is rerun with one engine only', async () => {
    const id = await submitted()
    await failAll()
    await api.db.updateTable('sweep').set({ engine_revision: 0 }).where('id', '=', id).execute()
    const answer = await post(`/v1/sweeps/${id}/rerun`)
    expect(answer.statusCode).toBe(409)
    expect(answer.json().detail).toMatch(/^expected a sweep of engine revision \d+, was 0/)
  })
})

test.each(['pause', 'resume', 'rerun', 'extend'])('another tenant cannot %s a sweep', async (verb) => {
  const id = await submitted()
  const answer = await post(`/v1/sweeps/${id}/${verb}`, { parameters: { [FAST]: [9] } }, {}, stranger)
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'NOT_FOUND'])
})
