import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registerIndicatorModule } from '@botcriptofy/contracts/indicators'
import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { loadModules } from '@botcriptofy/runtime/modules'
import { unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { importCandles } from '@botcriptofy/store/candles'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, findSweep } from '@botcriptofy/store/sweep'
import { ensureTenant } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import { workerConfig } from '../../apps/worker/src/config.ts'
import { startControl } from '../../apps/worker/src/control/control.ts'
import { startPools } from '../../apps/worker/src/pools.ts'

const [database, namespace, folder] = await Promise.all([
  testDatabase({ poolSize: 16 }),
  redisNamespace(),
  mkdtemp(join(tmpdir(), 'reduction-')),
])
const marker = join(folder, 'marker')
/** The close; who computes it with the second period while there is a marker takes that, and is killed. */
const MODULE = `
import { existsSync, rmSync } from 'node:fs'
const next = (state, { close }, out) => { out[0] = close }
export const indicator = {
  type: 'fragile',
  parameters: [{ name: 'period', integer: true, min: 1, max: 5000 }],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles: { close } }, { period }, [out]) => {
    if (period === 7 && existsSync('${marker}')) {
      rmSync('${marker}')
      process.kill(process.pid, 'SIGKILL')
    }
    out.set(close)
  },
  stream: { start: () => ({}), next },
}
`
const module = join(folder, 'fragile.mjs')
await writeFile(module, MODULE)
const settings = {
  DATABASE_URL: database.url,
  REDIS_URL: namespace.url,
  QUEUE_NAMESPACE: namespace.prefix,
  BACKTEST_THREADS: '1',
  INDICATOR_MODULES: module,
}
const config = workerConfig.parse(settings)
const names = config.INDICATOR_MODULES
await loadModules({ variable: 'INDICATOR_MODULES', names, accept: registerIndicatorModule })
const shared = {
  database,
  redisUrl: namespace.url,
  registry: createMetrics('test'),
  log: createLog({ name: 'test', level: 'silent' }),
}
const control = startControl({ ...shared, namespace: namespace.prefix })

const forked: ChildProcess[] = []
const forkWorker = (): ChildProcess => {
  const script = fileURLToPath(new URL('poison-worker.process.ts', import.meta.url))
  const execArgv = ['--conditions=@botcriptofy/source', `--import=${import.meta.resolve('tsx')}`]
  const worker = fork(script, [JSON.stringify(settings)], { execArgv, stdio: 'inherit' })
  forked.push(worker)
  return worker
}

afterAll(async () => {
  for (const worker of forked) worker.kill('SIGKILL')
  await control.stop()
  await Promise.all([namespace.close(), database.close(), rm(folder, { recursive: true })])
})

const submit = async () => {
  const { db } = database
  const scope = await ensureTenant(db, 'acme')
  const series = { venue: 'v', symbol: 'A/B', timeframe: '1m', owner: scope, isSimulated: true }
  const bars = 20_000
  const start = { startMs: Date.UTC(2024, 0, 1), timeframeMs: 60_000, startPrice: 100 }
  const imported = await importCandles(database, series, generateCandles({ seed: 1, bars, ...start }))
  const { id } = await acceptSweep(db, scope, {
    kind: 'sweep',
    strategySha256: await saveStrategyBody(db, scope, {
      name: 'x',
      version: 1,
      direction: 'long',
      indicators: {
        a: { type: 'fragile', params: { period: 3 } },
        b: { type: 'sma', params: { period: 30 } },
      },
      entry: { long: { left: 'a', op: '>', right: 'b' } },
      exit: { long: { left: 'a', op: '<', right: 'b' } },
      sizing: { kind: 'equityFraction', value: 1 },
    }),
    axes: [
      ['indicators.a.params.period', [3, 7]],
      ['indicators.b.params.period', [20, 30, 40, 50]],
    ],
    config: DEFAULT_BACKTEST_CONFIG,
    objective: 'sharpe',
    seriesId: imported.seriesId,
    fromMs: imported.fromMs,
    toMs: imported.toMs,
    bars,
    datasetDigest: imported.digest,
    engineRevision: ENGINE_REVISION,
    indicatorDigests: { fragile: createHash('sha256').update(MODULE).digest('hex') },
  })
  return { scope, id }
}

/** By a worker that takes no other job: the one that follows waits for another worker. */
const completeWithOneJob = async ({ scope, id }: Awaited<ReturnType<typeof submit>>) => {
  const pools = startPools({ ...shared, config })
  const statusOf = async () => (await findSweep(database.db, scope, { kind: 'sweep', id }))?.status
  await waitFor(async () => (await statusOf()) === 'running', { describe: 'the chunk to begin', everyMs: 2 })
  await pools.stop()
  expect(await statusOf()).toBe('completed')
}

const runsOf = (id: string) =>
  database.db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select(['ordinal', 'trades', 'equity', 'trades_sha256', 'final_equity'])
    .where('sweep_id', '=', id)
    .orderBy('ordinal')
    .execute()

test('a worker killed while it makes the best runs again loses none, and each has the trades it was measured by', async () => {
  const sweep = await submit()
  await completeWithOneJob(sweep)
  expect((await runsOf(sweep.id)).filter(({ trades }) => trades !== null)).toEqual([])
  await writeFile(marker, '')
  const victim = forkWorker()
  await once(victim, 'exit')
  expect(victim.signalCode).toBe('SIGKILL')
  await expect(access(marker)).rejects.toThrow('ENOENT')
  expect((await runsOf(sweep.id)).filter(({ trades }) => trades !== null)).toEqual([])

  forkWorker()
  const isOpen = async () =>
    (await database.db.selectFrom('job_outbox').select('id').where('done_at', 'is', null).execute()).length >
    0
  await waitFor(async () => !(await isOpen()), { describe: 'the job to end', limitMs: 60_000 })
  const runs = await runsOf(sweep.id)
  expect(runs).toHaveLength(8)
  for (const { trades, equity, trades_sha256: hash, final_equity: last } of runs) {
    const rows = unpackTrades(trades!)
    expect(rows.length).toBeGreaterThan(0)
    expect(createHash('sha256').update(JSON.stringify(rows)).digest('hex')).toBe(hash)
    expect(unpackEquity(equity!).equity.at(-1)).toBe(last)
  }
  const effects = await database.db
    .selectFrom('job_effect')
    .select('key')
    .where('type', '=', 'sweep.reduce')
    .execute()
  expect(effects).toHaveLength(1)
}, 90_000)
