import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newId } from '@botcriptofy/store/database'
import { migrate } from '@botcriptofy/store/migrate'
import { dispatchSweeps } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSweepStore } from './sweep.fixture.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
const BEFORE = ['0001_init', '0002_run_checks', '0003_run_detail', '0004_run_series']

const database = await testDatabase({ isFresh: true })
const scope = scopeOf(newId())
const sweepId = newId()

/** A sweep of three runs as the version before left it: every chunk in the outbox, one of them done. */
const writeSweepInFlight = async (): Promise<void> => {
  const { pool } = database
  const seriesId = newId()
  const strategy = { name: 'x', indicators: { a: { type: 'sma', params: { period: 5 } } } }
  await pool.query(`insert into tenant (id, name) values ($1, 'acme')`, [scope.tenantId])
  await pool.query(
    `insert into series (id, tenant_id, venue, symbol, timeframe) values ($1, null, 'v', 'A/B', '1d')`,
    [seriesId],
  )
  await pool.query(`insert into strategy_body (tenant_id, sha256, body) values ($1, 's', $2)`, [
    scope.tenantId,
    JSON.stringify(strategy),
  ])
  await pool.query(
    `insert into sweep (tenant_id, id, kind, strategy_sha256, axes, config, objective, series_id, from_ms, to_ms,
       bars, dataset_digest, engine_revision, status, total, remaining)
     values ($1, $2, 'sweep', 's', '[["indicators.a.params.period", [2, 3, 4]]]', '{}', 'sharpe', $3, 0, 1,
       9, 'd', 1, 'running', 3, 3)`,
    [scope.tenantId, sweepId, seriesId],
  )
  for (const from of [0, 1, 2]) {
    const range = { v: 1, tenantId: scope.tenantId, sweepId, from, to: from + 1, engineRevision: 1 }
    await pool.query(
      `insert into job_outbox (id, tenant_id, queue, name, payload, subject_id)
       values ($1, $2, 'backtest', 'sweep.chunk', $3, $4)`,
      [newId(), scope.tenantId, JSON.stringify({ ...range, indicatorDigests: { mine: 'sha' } }), sweepId],
    )
  }
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'botcriptofy-upgrade-'))
  for (const name of BEFORE) await copyFile(join(MIGRATIONS, `${name}.sql`), join(folder, `${name}.sql`))
  await migrate(database.url, folder)
  await rm(folder, { recursive: true })
  await writeSweepInFlight()
  await migrate(database.url, MIGRATIONS)
})
afterAll(database.close)

test('a sweep whose chunks were all sent before the upgrade completes after it', async () => {
  const store = await openSweepStore(database)
  expect(await dispatchSweeps(database.db, 100)).toEqual({ chunks: 0, outstanding: 0 })
  for (const job of await store.jobsOf(sweepId)) await store.finish(job)
  expect(await store.sweepOf(scope, sweepId)).toMatchObject({
    status: 'completed',
    remaining: 0,
    computed: 3,
    chunk: { indicatorDigests: { mine: 'sha' } },
  })
})
