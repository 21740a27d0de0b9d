import { newId } from '@botcriptofy/store/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAILY, importDaily, SMA_CROSS, startTestApi, type TestApi, type TestCaller } from './api.fixture.ts'

let api: TestApi
let acme: TestCaller
let umbrella: TestCaller
let operator: TestCaller
const runs: Record<'finished' | 'failed' | 'cancelled' | 'queued' | 'foreign', string> = {
  finished: '',
  failed: '',
  cancelled: '',
  queued: '',
  foreign: '',
}
const strategy = (name: string) => ({ ...SMA_CROSS, name })

const submit = async ({ headers }: TestCaller, name: string): Promise<string> => {
  const payload = { strategy: strategy(name), candles: DAILY }
  const answer = await api.app.inject({ method: 'POST', url: '/v1/backtests', headers, payload })
  expect(answer.statusCode, answer.body).toBe(202)
  return answer.json().id
}

const search = async ({ headers }: TestCaller, query: Readonly<Record<string, string>> = {}) =>
  api.app.inject({ method: 'GET', url: '/v1/jobs', headers, query })

const found = async (caller: TestCaller, query: Readonly<Record<string, string>> = {}) => {
  const answer = await search(caller, query)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().items
}
const runsOf = async (caller: TestCaller, query: Readonly<Record<string, string>> = {}) =>
  (await found(caller, query)).map(({ run }: { run: { id: string } }) => run.id)

/** What a worker leaves when the one run of a backtest has failed for good. */
const fail = async (id: string): Promise<void> => {
  await api.database.pool.query(
    `insert into sweep_run (tenant_id, sweep_id, params_sha256, ordinal, params, status, is_cached, error_code)
     select tenant_id, id, 'p', 0, '{}', 'failed', false, 'BROKEN' from sweep where id = $1`,
    [id],
  )
  await api.database.pool.query(
    `update sweep set status = 'failed', failed = 1, remaining = 0 where id = $1`,
    [id],
  )
}
const mark = (column: 'sent_at' | 'done_at', id: string) =>
  api.database.pool.query(`update job_outbox set ${column} = now() where subject_id = $1`, [id])

beforeAll(async () => {
  api = await startTestApi()
  ;[acme, umbrella, operator] = await Promise.all([
    api.caller('acme'),
    api.caller('umbrella'),
    api.caller('default', ['operator']),
  ])
  await importDaily(api, acme)
  await importDaily(api, umbrella)
  for (const name of ['finished', 'failed', 'cancelled', 'queued'] as const)
    runs[name] = await submit(acme, name)
  runs.foreign = await submit(umbrella, 'foreign')
  const cancel = `/v1/backtests/${runs.cancelled}/cancel`
  await api.app.inject({ method: 'POST', url: cancel, headers: acme.headers, payload: {} })
  for (const id of [runs.finished, runs.failed, runs.foreign]) await mark('sent_at', id)
  await fail(runs.failed)
  for (const id of [runs.finished, runs.failed]) await mark('done_at', id)
})
afterAll(() => api.close())

describe('GET /v1/jobs', () => {
  it("lists the caller's jobs alone, the newest first, a page at a time", async () => {
    expect(await runsOf(acme)).toEqual([runs.queued, runs.cancelled, runs.failed, runs.finished])
    expect(await runsOf(umbrella)).toEqual([runs.foreign])
    const first = (await search(acme, { limit: '3' })).json()
    expect(first.items).toHaveLength(3)
    expect(await runsOf(acme, { limit: '3', cursor: first.nextCursor })).toEqual([runs.finished])
  })

  it.each([
    ['waiting', ['queued']],
    ['sent', []],
    ['done', ['finished']],
    ['failed', ['failed']],
    ['cancelled', ['cancelled']],
  ] as const)('finds jobs that are %s', async (state, names) => {
    expect(await runsOf(acme, { state })).toEqual(names.map((name) => runs[name]))
    const items = await found(operator, { state })
    expect(items.every((item: { state: string }) => item.state === state)).toBe(true)
  })

  it('shows what was sent, with its page in the console to those who may see that', async () => {
    const [item] = await found(operator, { state: 'sent' })
    expect(item).toMatchObject({
      queue: 'backtest',
      name: 'sweep.chunk',
      tenant: 'umbrella',
      strategyName: 'foreign',
      run: { kind: 'backtest', id: runs.foreign, url: `/v1/backtests/${runs.foreign}`, from: 0, to: 1 },
      doneAtMs: null,
      console: `/console/queue/backtest/${item.id}`,
    })
    expect((await found(umbrella))[0]).toMatchObject({ id: item.id, console: null })
    const page = await api.app.inject({ method: 'GET', url: item.console, headers: operator.headers })
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('finds a job by its id with and without its number, and by its run', async () => {
    const [job] = await found(acme, { strategy: 'queued' })
    for (const id of [job.id, job.id.replace(/-0$/, ''), runs.queued, runs.queued.toUpperCase()]) {
      expect(await runsOf(acme, { id })).toEqual([runs.queued])
    }
    expect(await runsOf(acme, { id: job.id.replace(/-0$/, '-1') })).toEqual([])
    expect(await runsOf(acme, { id: newId() })).toEqual([])
    expect(await runsOf(acme, { id: runs.foreign })).toEqual([])
  })

  it('finds jobs by the name, the hash and the id of their strategy', async () => {
    const { headers } = acme
    const payload = { strategy: strategy('failed') }
    const saved = await api.app.inject({ method: 'POST', url: '/v1/strategies', headers, payload })
    const { strategySha256 } = (
      await api.app.inject({ method: 'GET', url: `/v1/backtests/${runs.failed}`, headers })
    ).json()
    for (const wanted of ['failed', strategySha256, saved.json().strategyId]) {
      expect(await runsOf(acme, { strategy: wanted })).toEqual([runs.failed])
    }
    expect(await runsOf(umbrella, { strategy: 'failed' })).toEqual([])
  })

  it("lets operators alone search all tenants', and one by name or id", async () => {
    expect(await runsOf(operator)).toHaveLength(5)
    expect(await runsOf(operator, { tenant: 'umbrella' })).toEqual([runs.foreign])
    expect(await runsOf(operator, { tenant: umbrella.tenant.tenantId })).toEqual([runs.foreign])
    expect(await runsOf(operator, { tenant: 'nobody' })).toEqual([])
    const refused = await search(acme, { tenant: 'umbrella' })
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'FORBIDDEN'])
  })

  it('keeps jobs of deleted runs findable', async () => {
    const id = await submit(umbrella, 'deleted')
    await mark('done_at', id)
    await api.database.pool.query('delete from sweep where id = $1', [id])
    expect(await found(umbrella, { id })).toMatchObject([{ run: null, strategyName: null, state: 'done' }])
  })

  it.each([
    ['state', 'asleep'],
    ['id', 'rubbish'],
    ['id', `${newId()}-x`],
    ['strategy', ''],
    ['limit', '0'],
    ['limit', 'many'],
    ['cursor', 'rubbish'],
  ])('refuses %s=%s with 400', async (name, value) => {
    const answer = await search(acme, { [name]: value })
    expect([answer.statusCode, answer.json().status]).toEqual([400, 400])
    expect(answer.json().code).toMatch(/^INVALID_/)
  })

  it('is described with its states', async () => {
    const document = (
      await api.app.inject({ method: 'GET', url: '/openapi.json', headers: acme.headers })
    ).json()
    const { parameters } = document.paths['/v1/jobs'].get
    const names = parameters.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['id', 'tenant', 'strategy', 'state', 'limit', 'cursor']))
    expect(JSON.stringify(parameters)).toContain('in the queue, where it waits, runs or is tried again')
  })
})
