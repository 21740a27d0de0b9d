// HTTP submit → completed for trivial backtests, against BullMQ add → completed of jobs that do nothing.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { openQueue, queuePrefix } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { ensureOperator } from '@botcriptofy/store/key'
import { testDatabase } from '@botcriptofy/testkit/database'
import { type AppProcess, startApp } from '@botcriptofy/testkit/process'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { interleave, median, medianRatio, printReport } from './bench-output.ts'
import { canReadCpuTimes, type CpuTimes, cpuTimesBetween, readCpuTimes } from './cpu-time.ts'
import {
  importTinySeries,
  lastBacktestId,
  submitAll,
  submitOverHttp,
  submitToStore,
  waitUntilCompleted,
} from './queue-arms.ts'

const ROUNDS = 7
const LOAD = { jobs: 300, inFlight: 20 }
const FLOOR_QUEUE = 'floor'
/** As the worker of the product chooses it. */
const CONCURRENCY = availableParallelism() + 1

const [database, namespace] = await Promise.all([testDatabase({ poolSize: 10 }), redisNamespace()])
const connection = createRedis(namespace.url, 'blocking')
const floorQueue = openQueue(FLOOR_QUEUE, { connection, namespace: namespace.prefix })
const running: AppProcess[] = []

const start = (app: string, settings: Readonly<Record<string, string>>): AppProcess => {
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: namespace.url,
    QUEUE_NAMESPACE: namespace.prefix,
    ...settings,
  }
  const started = startApp({ app, env })
  running.push(started)
  return started
}

/** The processes of an installation that a backtest passes through, as `npm start` runs them. */
const startProduct = async () => {
  const api = start('api', { API_PORT: '0', API_RATE_LIMIT_PER_MINUTE: '10000000' })
  const backtest = start('worker', { WORKER_ROLES: 'backtest' })
  const control = start('worker', { WORKER_ROLES: 'control' })
  const [, url] = await api.waitForOutput(/"url":"(http:[^"]+)"/)
  await Promise.all([backtest, control].map((worker) => worker.waitForOutput(/worker ready/)))
  if (url === undefined) throw new Error('expected the API to say its address, did not')
  return { url, pids: { api: api.pid, worker: backtest.pid, control: control.pid } }
}

const startFloor = async (): Promise<ChildProcess> => {
  const entry = fileURLToPath(new URL('./queue-floor.worker.ts', import.meta.url))
  const prefix = queuePrefix(FLOOR_QUEUE, namespace.prefix)
  const floor = fork(entry, [namespace.url, prefix, FLOOR_QUEUE, String(CONCURRENCY)])
  await once(floor, 'message')
  return floor
}

const { tenant, apiKey } = await ensureOperator(database.db)
if (apiKey === undefined) throw new Error('expected a new database to have no key yet, had one')
const series = await importTinySeries(database, tenant)
const [product, floor] = await Promise.all([startProduct(), startFloor()])

const cpuOfHttp: CpuTimes[] = []
const readCpu = () => readCpuTimes({ db: database.db, redis: connection, processes: product.pids })

/** Milliseconds a job, from the first submission to the last completion. */
const timeProduct = async (submit: () => Promise<void>): Promise<number> => {
  const afterId = await lastBacktestId(database)
  const startedMs = performance.now()
  await submitAll(submit, LOAD)
  await waitUntilCompleted(database, tenant, { afterId, jobs: LOAD.jobs })
  return (performance.now() - startedMs) / LOAD.jobs
}

const timeHttp = async (): Promise<number> => {
  const before = canReadCpuTimes ? await readCpu() : {}
  const took = await timeProduct(submitOverHttp(product.url, apiKey))
  if (canReadCpuTimes) cpuOfHttp.push(cpuTimesBetween(before, await readCpu()))
  return took
}

let added = 0
const payload = {
  v: 1,
  tenantId: tenant.tenantId,
  sweepId: series.seriesId,
  from: 0,
  to: 1,
  engineRevision: 1,
}

const timeFloor = async (): Promise<number> => {
  const startedMs = performance.now()
  added += LOAD.jobs
  const completed = once(floor, 'message')
  floor.send({ completed: added })
  await submitAll(() => floorQueue.add('nothing', payload), LOAD)
  await completed
  return (performance.now() - startedMs) / LOAD.jobs
}

const arms = {
  http: timeHttp,
  direct: () => timeProduct(submitToStore(database, tenant, series)),
  raw: timeFloor,
}

/** CPU of each process for one job over HTTP; their sum against the cores says whether the machine was full. */
const cpuFigures = (): Record<string, number> => {
  const names = Object.keys(cpuOfHttp[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [
      `httpCpuMsPerJob.${name}`,
      median(cpuOfHttp.map((cpu) => cpu[name] ?? 0)) / LOAD.jobs,
    ]),
  )
}

try {
  // Not measured: the compilers warm up and the pools open their connections.
  for (const warmUp of Object.values(arms)) await warmUp()
  cpuOfHttp.length = 0
  const ms = await interleave(ROUNDS, arms)
  const shares = ms.http.map((http, round) => {
    const [direct, raw] = [ms.direct[round] ?? Number.NaN, ms.raw[round] ?? Number.NaN]
    return (http - direct) / (http - raw)
  })
  printReport({
    name: 'queue',
    runs: ROUNDS,
    ratios: {
      submitToCompletedVsRawBullmq: medianRatio(ms.raw, ms.http),
      acceptToCompletedVsRawBullmq: medianRatio(ms.raw, ms.direct),
      apiShareOfOverhead: median(shares),
    },
    figures: {
      httpPerSecond: 1000 / median(ms.http),
      directPerSecond: 1000 / median(ms.direct),
      rawBullmqPerSecond: 1000 / median(ms.raw),
      jobsPerRound: LOAD.jobs,
      inFlight: LOAD.inFlight,
      concurrency: CONCURRENCY,
      ...cpuFigures(),
    },
  })
} finally {
  floor.kill('SIGTERM')
  await Promise.all(running.map((app) => app.kill('SIGTERM')))
  await floorQueue.close()
  connection.disconnect()
  await namespace.close()
  await database.close()
}
