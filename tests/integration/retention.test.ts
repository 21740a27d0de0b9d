import { newId } from '@botcriptofy/store/database'
import { publishEvents } from '@botcriptofy/store/event'
import { countExpired, pruneExpired } from '@botcriptofy/store/retention'
import { ensureTenant, ensureUser } from '@botcriptofy/store/tenant'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { startApp } from '@botcriptofy/testkit/process'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MINUTE_MS = 60_000

let database: TestDatabase
let tenantId: string
let userId: string

beforeAll(async () => {
  database = await testDatabase()
  const tenant = await ensureTenant(database.db, 'acme')
  userId = await ensureUser(database.db, tenant, 'jo')
  tenantId = tenant.tenantId
})
afterAll(() => database.close())

const run = (text: string, values: readonly unknown[] = []) => database.pool.query(text, [...values])
const ago = (ms: number) => new Date(Date.now() - ms)

/** One way to write a row of the given age into each table, named by the age. */
const writers: Record<string, (name: string, ageMs: number) => Promise<unknown>> = {
  idempotency_key: (name, ageMs) =>
    run(
      `insert into idempotency_key (tenant_id, key, request_sha256, status, headers, body, created_at)
       values ($1, $2, '', 202, '{}', '', $3)`,
      [tenantId, name, ago(ageMs)],
    ),
  job_outbox: (name, ageMs) =>
    run(
      `insert into job_outbox (id, tenant_id, queue, name, payload, subject_id, created_at, done_at)
       values ($1, $2, 'backtest', $3, '{}', $1, $4, $4)`,
      [newId(), tenantId, name, ago(ageMs)],
    ),
  job_effect: (name, ageMs) =>
    run(`insert into job_effect (type, key, created_at) values ('sweep.chunk', $1, $2)`, [name, ago(ageMs)]),
  login_code: (name, ageMs) => login('login_code', 'code_sha256', [name, ageMs]),
  browser_session: (name, ageMs) => login('browser_session', 'token_sha256', [name, ageMs]),
  backtest_result: (name, ageMs) =>
    run(
      `insert into backtest_result (address, engine, engine_revision, bars, low_sample, final_equity, band, metrics,
         metric_reasons, recommendations, trades_sha256, trade_count, compute_ms, created_at)
       values ($1, '0', 1, 1, false, 1, '{}', '{}', '{}', '[]', '', 0, 1, $2)`,
      [name, ago(ageMs)],
    ),
}

/** The age of a code or a session counts from its end. */
const login = (table: string, key: string, [name, ageMs]: readonly [string, number]) =>
  run(`insert into ${table} (${key}, tenant_id, user_id, scopes, expires_at) values ($1, $2, $3, '{}', $4)`, [
    name,
    tenantId,
    userId,
    ago(ageMs),
  ])

const rowsOf = async (table: string): Promise<number> =>
  (await run(`select count(*)::int as rows from ${table}`)).rows[0].rows

const tables = [...Object.keys(writers), 'event', 'sweep', 'walkforward']

beforeEach(async () => {
  await run(`truncate ${tables.join(', ')}, sweep_run, series cascade`)
})

const countOf = async (pruned: ReturnType<typeof pruneExpired>, table: string) =>
  (await pruned).find((entry) => entry.table === table)?.rows

describe('retention', () => {
  it.each([
    ['idempotency_key', DAY_MS],
    ['job_outbox', 30 * DAY_MS],
    ['job_effect', 30 * DAY_MS],
    ['login_code', 0],
    ['browser_session', 0],
    ['backtest_result', 30 * DAY_MS],
  ])(
    'deletes rows of %s a minute past their time and keeps those a minute before it',
    async (table, keptMs) => {
      await writers[table]?.('old', keptMs + MINUTE_MS)
      await writers[table]?.('older', keptMs + 400 * DAY_MS)
      await writers[table]?.('young', keptMs - MINUTE_MS)
      expect(await countOf(countExpired(database.db), table)).toBe(2)
      expect(await rowsOf(table)).toBe(3)
      expect(await countOf(pruneExpired(database.db), table)).toBe(2)
      expect(await rowsOf(table)).toBe(1)
      expect(await countOf(pruneExpired(database.db), table)).toBe(0)
    },
  )

  it('keeps jobs that are not done, however old they are', async () => {
    await writers['job_outbox']?.('open', 400 * DAY_MS)
    await run('update job_outbox set done_at = null')
    await pruneExpired(database.db)
    expect(await rowsOf('job_outbox')).toBe(1)
  })

  it('keeps old results that a run refers to', async () => {
    await writers['backtest_result']?.('needed', 400 * DAY_MS)
    await writers['backtest_result']?.('orphan', 400 * DAY_MS)
    await insertRunOf('needed')
    await pruneExpired(database.db)
    expect((await run('select address from backtest_result')).rows).toEqual([{ address: 'needed' }])
  })

  it('deletes runs that ended long ago, then the results that only they referred to, as the count said', async () => {
    for (const [address, ageDays] of [
      ['long ago', 366],
      ['lately', 364],
      ['running', null],
    ] as const) {
      await writers['backtest_result']?.(address, 400 * DAY_MS)
      await insertRunOf(address, ageDays === null ? null : ago(ageDays * DAY_MS))
    }
    const [counted, deleted] = [await countExpired(database.db), await pruneExpired(database.db)]
    expect(deleted).toEqual(counted)
    expect(deleted.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows])).toEqual([
      ['sweep', 1],
      ['backtest_result', 1],
    ])
    const left = await run('select address from sweep_run join backtest_result using (address) order by 1')
    expect(left.rows).toEqual([{ address: 'lately' }, { address: 'running' }])
    expect(await countOf(countExpired(database.db, { runs: 363, traces: 30 }), 'sweep')).toBe(1)
  })

  it('keeps the newest event and those not published yet, so that numbers never start again', async () => {
    for (const ageDays of [400, 300, 200]) await insertEvent(ageDays * DAY_MS)
    await publishEvents(database.db, 100)
    await insertEvent(100 * DAY_MS)
    expect(await countOf(pruneExpired(database.db), 'event')).toBe(2)
    await publishEvents(database.db, 100)
    const left = await run('select seq::int as seq from event order by seq')
    expect(left.rows).toEqual([{ seq: 3 }, { seq: 4 }])
  })

  it('deletes more rows than one statement takes', async () => {
    await run(
      `insert into job_effect (type, key, created_at)
       select 'sweep.chunk', n::text, now() - interval '31 days' from generate_series(1, 25000) as n`,
    )
    expect(await countOf(pruneExpired(database.db), 'job_effect')).toBe(25_000)
  })

  it.each(['30', '0d', '1.5d', 'soon'])('refuses --keep-runs %s', { timeout: 60_000 }, async (value) => {
    const args = ['prune', '--keep-runs', value]
    const app = startApp({ app: 'cli', args, env: { DATABASE_URL: database.url } })
    expect(await app.exited).toEqual({ code: 2, signal: null })
    expect(app.output().stderr).toBe(`--keep-runs: expected days such as 90d, was ${value}\n`)
  })

  it('is a command that only counts with --dry-run', { timeout: 60_000 }, async () => {
    await writers['login_code']?.('old', HOUR_MS)
    const prune = async (...args: readonly string[]) => {
      const app = startApp({
        app: 'cli',
        args: ['prune', '--json', ...args],
        env: { DATABASE_URL: database.url },
      })
      expect(await app.exited).toEqual({ code: 0, signal: null })
      return JSON.parse(app.output().stdout)
    }
    const nothing = Object.fromEntries(tables.map((table) => [table, 0]))
    expect(await prune('--dry-run')).toEqual({ dryRun: true, tables: { ...nothing, login_code: 1 } })
    expect(await rowsOf('login_code')).toBe(1)
    expect(await prune()).toEqual({ dryRun: false, tables: { ...nothing, login_code: 1 } })
    expect(await rowsOf('login_code')).toBe(0)
  })
})

const insertEvent = (ageMs: number) =>
  run(
    `insert into event (id, tenant_id, type, subject_id, time_ms, data) values ($1, $2, 'x', $1, $3, '{}')`,
    [newId(), tenantId, Date.now() - ageMs],
  )

const insertRunOf = async (address: string, finishedAt: Date | null = new Date()): Promise<void> => {
  const [seriesId, sweepId] = [newId(), newId()]
  await run(
    `insert into strategy_body (tenant_id, sha256, body) values ($1, 's', '{}') on conflict do nothing`,
    [tenantId],
  )
  await run(`insert into series (id, tenant_id, venue, symbol, timeframe) values ($1, $2, 'x', $3, '1d')`, [
    seriesId,
    tenantId,
    address,
  ])
  await run(
    `insert into sweep (tenant_id, id, kind, strategy_sha256, axes, config, objective, series_id, from_ms, to_ms,
       bars, dataset_digest, engine_revision, status, total, remaining, finished_at)
     values ($1, $2, 'backtest', 's', '[]', '{}', 'sharpe', $3, 0, 1, 1, '', 1, 'completed', 1, 0, $4)`,
    [tenantId, sweepId, seriesId, finishedAt],
  )
  await run(
    `insert into sweep_run (tenant_id, sweep_id, params_sha256, ordinal, params, status, address, is_cached)
     values ($1, $2, 'p', 0, '{}', 'completed', $3, false)`,
    [tenantId, sweepId, address],
  )
}
