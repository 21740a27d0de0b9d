import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { importCandles } from '@botcriptofy/store/candles'
import { strategySchema } from '@botcriptofy/contracts/strategy'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, findSweep } from '@botcriptofy/store/sweep'
import { ensureTenant, type TenantScope } from '@botcriptofy/store/tenant'
import { testDatabase, type TestDatabase } from '@botcriptofy/testkit/database'
import { startApp } from '@botcriptofy/testkit/process'
import { type RedisNamespace, redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { SMA_CROSS } from './api.fixture.ts'

const log = createLog({ name: 'test', level: 'silent' })
const COMBINATIONS = 60

let source: TestDatabase
let target: TestDatabase
let spaces: readonly RedisNamespace[]
let folder: string

beforeAll(async () => {
  ;[source, target, spaces, folder] = await Promise.all([
    testDatabase(),
    testDatabase({ isFresh: true }),
    Promise.all([redisNamespace(), redisNamespace()]),
    mkdtemp(join(tmpdir(), 'botcriptofy-backup-jobs-')),
  ])
})
afterAll(async () => {
  await Promise.all([source.close(), target.close(), ...spaces.map((space) => space.close())])
  await rm(folder, { recursive: true })
})

const acceptGrid = async () => {
  const scope = await ensureTenant(source.db, 'acme')
  const candles = generateCandles({
    seed: 1,
    bars: 3000,
    startMs: Date.UTC(2024, 0, 1),
    timeframeMs: 3_600_000,
    startPrice: 100,
  })
  const series = { venue: 'v', symbol: 'A/B', timeframe: '1h', owner: scope, isSimulated: true }
  const imported = await importCandles(source, series, candles)
  const { id } = await source.db.transaction().execute(async (tx) =>
    acceptSweep(tx, scope, {
      kind: 'sweep',
      strategySha256: await saveStrategyBody(tx, scope, strategySchema.parse(SMA_CROSS)),
      axes: [['indicators.slow.params.period', Array.from({ length: COMBINATIONS }, (_, n) => 5 + n)]],
      config: DEFAULT_BACKTEST_CONFIG,
      objective: 'sharpe',
      seriesId: imported.seriesId,
      fromMs: imported.fromMs,
      toMs: imported.toMs,
      bars: candles.time.length,
      datasetDigest: imported.digest,
      engineRevision: ENGINE_REVISION,
    }),
  )
  return { scope, id }
}

const cli = async (args: readonly string[], { url }: TestDatabase) => {
  const app = startApp({ app: 'cli', args, env: { DATABASE_URL: url } })
  expect(await app.exited, app.output().stderr).toEqual({ code: 0, signal: null })
}

const isEnded = async (id: string, scope: TenantScope) => {
  const sweep = await findSweep(target.db, scope, { kind: 'sweep', id })
  return sweep !== undefined && sweep.finished_at !== null
}

const [HALF_SENT, RESTORED] = [0, 1]

test(
  'a sweep whose jobs were in a queue that is gone completes after a restore',
  { timeout: 180_000 },
  async () => {
    const { scope, id } = await acceptGrid()
    // Nobody computes here: the jobs reach a Redis and stay there.
    const space = spaces[HALF_SENT]!
    const registry = createMetrics('test')
    const control = startControl({
      database: source,
      redisUrl: space.url,
      namespace: space.prefix,
      registry,
      log,
    })
    const sent = await waitFor(
      async () => {
        const jobs = await source.pool.query<{ id: string }>(
          'select id from job_outbox where sent_at is not null',
        )
        return jobs.rows.length > 0 && jobs.rows.map((row) => row.id)
      },
      { describe: 'jobs in the queue', limitMs: 30_000 },
    )
    await control.stop()
    const file = join(folder, 'queued.backup')
    await cli(['backup', '--out', file], source)
    await cli(['restore', file], target)

    const { url, prefix } = spaces[RESTORED]!
    const worker = startApp({
      app: 'worker',
      env: {
        DATABASE_URL: target.url,
        REDIS_URL: url,
        QUEUE_NAMESPACE: prefix,
        WORKER_ROLES: 'backtest,control',
        BACKTEST_THREADS: '1',
      },
    })
    try {
      await waitFor(() => isEnded(id, scope), {
        describe: 'the end of the sweep',
        limitMs: 120_000,
      })
    } finally {
      await worker.kill('SIGTERM')
    }
    const ended = await findSweep(target.db, scope, { kind: 'sweep', id })
    expect(ended).toMatchObject({ status: 'completed', computed: COMBINATIONS, failed: 0, remaining: 0 })
    const again = await target.pool.query<{ id: string }>('select id from job_outbox where generation > 0')
    expect(again.rows.map((row) => row.id)).toEqual(expect.arrayContaining(sent))
    const runs = await target.pool.query('select distinct ordinal from sweep_run where sweep_id = $1', [id])
    expect(runs.rowCount).toBe(COMBINATIONS)
  },
)
