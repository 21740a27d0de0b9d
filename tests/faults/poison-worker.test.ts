import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_BACKTEST_CONFIG, ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { generateCandles } from '@botcriptofy/engine/market'
import { createLog } from '@botcriptofy/runtime/log'
import { createMetrics } from '@botcriptofy/runtime/metrics'
import { importCandles } from '@botcriptofy/store/candles'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, findSweep, listRuns } from '@botcriptofy/store/sweep'
import { ensureTenant } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import { startControl } from '../../apps/worker/src/control/control.ts'

/** The close; with one period it takes the whole process down, as an allocation that the system refuses would. */
const MODULE = `
const next = (state, { close }, out) => { out[0] = close }
export const indicator = {
  type: 'deadly',
  parameters: [{ name: 'period', integer: true, min: 1, max: 5000 }],
  lines: ['value'],
  takesSource: false,
  lookback: () => 0,
  stabilisation: () => 0,
  compute: ({ candles: { close } }, { period }, [out]) => {
    if (period === 4001) process.kill(process.pid, 'SIGKILL')
    out.set(close)
  },
  stream: { start: () => ({}), next },
}
`
const [database, namespace, folder] = await Promise.all([
  testDatabase({ poolSize: 12 }),
  redisNamespace(),
  mkdtemp(join(tmpdir(), 'poison-')),
])
const module = join(folder, 'deadly.mjs')
await writeFile(module, MODULE)
const log = createLog({ name: 'test', level: 'silent' })
const control = startControl({
  database,
  redisUrl: namespace.url,
  namespace: namespace.prefix,
  registry: createMetrics('control'),
  log,
})

let deaths = 0
let isOver = false
let living: ChildProcess | undefined

const fleetSettings = {
  DATABASE_URL: database.url,
  REDIS_URL: namespace.url,
  QUEUE_NAMESPACE: namespace.prefix,
  BACKTEST_THREADS: '1',
  INDICATOR_MODULES: module,
}
/** Starts the worker anew whenever it dies, as whoever runs it would. */
const supervise = async (): Promise<void> => {
  const script = fileURLToPath(new URL('poison-worker.process.ts', import.meta.url))
  const execArgv = ['--conditions=@botcriptofy/source', `--import=${import.meta.resolve('tsx')}`]
  while (!isOver) {
    living = fork(script, [JSON.stringify(fleetSettings)], { execArgv, stdio: 'inherit' })
    await once(living, 'exit')
    if (!isOver) deaths++
  }
}
const supervising = supervise()

afterAll(async () => {
  isOver = true
  living?.kill('SIGKILL')
  await supervising
  await control.stop()
  await Promise.all([namespace.close(), database.close(), rm(folder, { recursive: true })])
})

test('a combination that takes its workers down fails alone, and the one beside it does not', async () => {
  const { db } = database
  const scope = await ensureTenant(db, 'acme')
  const bars = 300
  const series = { venue: 'v', symbol: 'A/B', timeframe: '1d', owner: scope, isSimulated: true }
  const start = { startMs: Date.UTC(2024, 0, 1), timeframeMs: 86_400_000, startPrice: 100 }
  const imported = await importCandles(database, series, generateCandles({ seed: 1, bars, ...start }))
  const periods = [3, 4001]
  const { id } = await acceptSweep(db, scope, {
    kind: 'sweep',
    strategySha256: await saveStrategyBody(db, scope, {
      name: 'x',
      version: 1,
      direction: 'long',
      indicators: { a: { type: 'deadly', params: { period: 3 } }, b: { type: 'sma', params: { period: 3 } } },
      entry: { long: { left: 'a', op: '>', right: 'b' } },
      exit: { long: { left: 'a', op: '<', right: 'b' } },
      sizing: { kind: 'equityFraction', value: 1 },
    }),
    axes: [['indicators.a.params.period', periods]],
    config: DEFAULT_BACKTEST_CONFIG,
    objective: 'sharpe',
    seriesId: imported.seriesId,
    fromMs: imported.fromMs,
    toMs: imported.toMs,
    bars,
    datasetDigest: imported.digest,
    engineRevision: ENGINE_REVISION,
    indicatorDigests: { deadly: createHash('sha256').update(MODULE).digest('hex') },
  })
  const ended = async () => {
    const sweep = await findSweep(db, scope, { kind: 'sweep', id })
    return sweep?.finished_at === null ? undefined : sweep
  }
  const sweep = await waitFor(ended, { describe: 'the end of the sweep', limitMs: 120_000 })
  expect(sweep).toMatchObject({ status: 'completed', total: 2, remaining: 0, computed: 1, failed: 1 })
  const page = { sweepId: id, sort: 'sharpe', direction: 'desc', limit: 10, offset: 0 } as const
  const runs = await listRuns(db, scope, page)
  expect(runs.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b)).toEqual([0, 1])
  expect(runs.filter(({ status }) => status === 'failed')).toMatchObject([
    { ordinal: 1, error_code: 'WORKER_DIED' },
  ])
  // Once both together, then the bad one beside the good one and twice alone; the good one is not blamed for any.
  expect(deaths).toBe(4)
  const isQuiet = async () =>
    (await db.selectFrom('job_outbox').select('id').where('done_at', 'is', null).execute()).length === 0
  await waitFor(isQuiet, { describe: 'no job to be open', limitMs: 30_000 })
}, 150_000)
