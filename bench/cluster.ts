// An installation with its own database and queues, its processes started as `npm start` runs them.
import type { Strategy } from '@botcriptofy/engine/strategy'
import { CANDLE_COLUMNS, CSV_HEADER } from '@botcriptofy/engine/market'
import { sql } from 'kysely'
import { ensureOperator } from '@botcriptofy/store/key'
import { type TestDatabase, testDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { type RedisNamespace, redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { candles, config, strategyOf } from './sweep-grid.ts'

const SERIES = { venue: 'simulator', symbol: 'SIM/USDT', timeframe: '1m' }
const POLL_MS = 50
const LIMIT_MS = 900_000

export interface Cluster {
  readonly database: TestDatabase
  readonly namespace: RedisNamespace
  /** By name: api, control, worker1, … */
  readonly pids: Readonly<Record<string, number>>
  readonly workerPids: readonly number[]
  readonly post: (
    path: string,
    body: string,
    contentType?: string,
  ) => Promise<Readonly<Record<string, unknown>>>
  readonly close: () => Promise<void>
}

const csvOf = (): string => {
  const columns = CANDLE_COLUMNS.map((name) => candles[name])
  const rows = Array.from(candles.time, (_, bar) => columns.map((column) => column[bar]).join(','))
  return `${CSV_HEADER}\n${rows.join('\n')}\n`
}

/** Starts an API, the control loops and as many workers with one thread each, and imports the candles over HTTP. */
export const startCluster = async (workers: number): Promise<Cluster> => {
  const [database, namespace] = await Promise.all([testDatabase({ poolSize: 4 }), redisNamespace()])
  const { apiKey } = await ensureOperator(database.db)
  const shared = {
    DATABASE_URL: database.url,
    REDIS_URL: namespace.url,
    QUEUE_NAMESPACE: namespace.prefix,
    BACKTEST_THREADS: '1',
  }
  const start = (app: string, env: Readonly<Record<string, string>>): AppProcess =>
    startApp({ app, env: { ...shared, ...env } })
  const api = start('api', { API_PORT: '0' })
  const control = start('worker', { WORKER_ROLES: 'control' })
  const backtest = Array.from({ length: workers }, () => start('worker', { WORKER_ROLES: 'backtest' }))
  const [, url] = await api.waitForOutput(/"url":"(http:[^"]+)"/)
  await Promise.all([control, ...backtest].map((worker) => worker.waitForOutput(/worker ready/)))
  const post: Cluster['post'] = async (path, body, contentType = 'application/json') => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': contentType }
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
  await post(`/v1/candles/import?${new URLSearchParams(SERIES)}`, csvOf(), 'text/csv')
  const pids = Object.fromEntries(backtest.map(({ pid }, index) => [`worker${index + 1}`, pid]))
  return {
    database,
    namespace,
    pids: { api: api.pid, control: control.pid, ...pids },
    workerPids: backtest.map(({ pid }) => pid),
    post,
    close: async () => {
      await Promise.all([api, control, ...backtest].map((app) => app.kill('SIGTERM')))
      await namespace.close()
      await database.close()
    },
  }
}

let sweeps = 0

/** Each call gives one that nobody has asked for before, so no result is known. */
const freshStrategy = (): Strategy => ({
  ...strategyOf({ fast: 5, slow: 25 }),
  name: `sma-cross-${++sweeps}`,
})

/** Parameters of a sweep; units are bought and sold with every trade. */
export interface Grid {
  readonly fast: readonly number[]
  readonly slow: readonly number[]
  readonly units: readonly number[]
}

export interface CarriedSweep {
  readonly id: string
  /** From the request to the end of the sweep. */
  readonly wallMs: number
  /** In the threads, inside of what computes a backtest, as the threads measured it. */
  readonly computeMs: number
}

/** What all runs of the installation have taken so far, those that were made again for their trades included. */
const usedMs = async ({ database: { db } }: Cluster): Promise<number> => {
  const { ms } = await db
    .selectFrom('tenant_usage')
    .select(({ fn }) => fn.coalesce(fn.sum<number>('compute_ms'), sql<number>`0`).as('ms'))
    .executeTakeFirstOrThrow()
  return Number(ms)
}

/** Submits a sweep over HTTP and waits until it has completed and its best runs have their trades. */
export const carrySweep = async (cluster: Cluster, { fast, slow, units }: Grid): Promise<CarriedSweep> => {
  const {
    post,
    database: { db },
  } = cluster
  const usedBeforeMs = await usedMs(cluster)
  const { rows: _rows, ...settings } = config
  const parameters = {
    'indicators.fast.params.period': fast,
    'indicators.slow.params.period': slow,
    'sizing.value': units,
  }
  const startedMs = Date.now()
  const body = { strategy: freshStrategy(), parameters, candles: SERIES, config: settings }
  const { id } = await post('/v1/sweeps', JSON.stringify(body))
  const { status, failed, finished_at } = await waitFor(
    async () => {
      const row = await db
        .selectFrom('sweep')
        .select(['status', 'finished_at', 'failed'])
        .where('id', '=', String(id))
        .executeTakeFirstOrThrow()
      return row.finished_at === null ? undefined : { ...row, finished_at: row.finished_at }
    },
    { describe: `sweep ${String(id)} to end`, everyMs: POLL_MS, limitMs: LIMIT_MS },
  )
  // The job that makes the best runs again belongs to what the sweep costs.
  await waitFor(
    async () => {
      const jobs = db.selectFrom('job_outbox').where('subject_id', '=', String(id))
      return (await jobs.where('done_at', 'is', null).select('id').execute()).length === 0
    },
    { describe: `the jobs of sweep ${String(id)} to end`, everyMs: POLL_MS, limitMs: LIMIT_MS },
  )
  if (status !== 'completed' || failed > 0) {
    throw new Error(`expected a completed sweep, was ${status} with ${failed} failed runs`)
  }
  return {
    id: String(id),
    wallMs: finished_at.getTime() - startedMs,
    computeMs: (await usedMs(cluster)) - usedBeforeMs,
  }
}

/** The hashes of the trades of a sweep's runs with one unit, by their windows. */
export const hashesOf = async (
  { database: { db } }: Cluster,
  sweepId: string,
): Promise<ReadonlyMap<string, string>> => {
  const rows = await db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select(['params', 'trades_sha256'])
    .where('sweep_id', '=', sweepId)
    .execute()
  return new Map(
    rows.flatMap(({ params, trades_sha256 }) => {
      const at = (path: string) => (params as Readonly<Record<string, number>>)[path]
      if (at('sizing.value') !== 1) return []
      const windows = `${at('indicators.fast.params.period')}/${at('indicators.slow.params.period')}`
      return [[windows, trades_sha256] as const]
    }),
  )
}
