import { jobCatalog } from '@botcriptofy/contracts/catalog'
import { sweepJobs } from '@botcriptofy/contracts/sweep'
import { createLog } from '@botcriptofy/runtime/log'
import { forwardBatch, jobIdOf, type RelayOptions, startRelay } from '@botcriptofy/runtime/outbox'
import { openQueue, startJobWorker, Unhealable } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { newId } from '@botcriptofy/store/database'
import {
  forwardOutbox,
  insertJobs,
  listenOutbox,
  markJobDone,
  oldestUnsentSeconds,
} from '@botcriptofy/store/outbox'
import { scopeOf } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { openGate } from '@botcriptofy/testkit/gate'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { reconcile } from '../../apps/worker/src/control/reconciler.ts'

const [database, namespace] = await Promise.all([testDatabase(), redisNamespace()])
const connection = createRedis(namespace.url, 'command')
const workerConnection = createRedis(namespace.url, 'blocking')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const log = createLog({ name: 'test', level: 'silent' })
const scope = scopeOf(newId())

const relay: RelayOptions = {
  outbox: {
    forward: (limit, send) => forwardOutbox(database.db, limit, send),
    listen: (onAdded, onLost) => listenOutbox(database.pool, onAdded, onLost),
  },
  queueFor: () => queue,
  catalog: jobCatalog,
  log,
}

const chunk = (from: number) => ({
  name: 'sweep.chunk' as const,
  payload: {
    v: 1 as const,
    tenantId: scope.tenantId,
    sweepId: newId(),
    from,
    to: from + 1,
    engineRevision: 1,
  },
  subjectId: newId(),
})

const openRows = () => database.db.selectFrom('job_outbox').selectAll().orderBy('id').execute()

beforeAll(async () => {
  await database.db.insertInto('tenant').values({ id: scope.tenantId, name: 'acme' }).execute()
})

afterEach(async () => {
  await queue.obliterate({ force: true })
  await database.db.deleteFrom('job_outbox').execute()
})

afterAll(async () => {
  await queue.close()
  connection.disconnect()
  workerConnection.disconnect()
  await namespace.close()
  await database.close()
})

test('a job reaches BullMQ only after its transaction has committed', async () => {
  await database.db.transaction().execute(async (tx) => {
    await insertJobs(tx, scope, [chunk(0)])
    expect(await forwardBatch(relay)).toBe(0)
  })
  expect(await forwardBatch(relay)).toBe(1)
  const [row] = await openRows()
  const job = await queue.getJob(jobIdOf(row!))
  expect(job?.data).toMatchObject({ v: 1, from: 0, to: 1 })
  expect(job?.opts.attempts).toBe(jobCatalog['sweep.chunk'].attempts)
})

test('the trace of a request goes on with its job, through a relay that does not trace as well', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await insertJobs(database.db, scope, [{ ...chunk(0), traceparent }, chunk(1)])
  expect(await forwardBatch(relay)).toBe(2)
  const [traced, other] = await openRows()
  const optsOf = async (row: typeof traced) => (await queue.getJob(jobIdOf(row!)))?.opts
  expect(JSON.parse((await optsOf(traced))?.telemetry?.metadata ?? '')).toEqual({ traceparent })
  expect(await optsOf(other)).not.toHaveProperty('telemetry')
})

test('a rolled back transaction leaves no job', async () => {
  const attempt = database.db.transaction().execute(async (tx) => {
    await insertJobs(tx, scope, [chunk(0)])
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  expect(await forwardBatch(relay)).toBe(0)
})

test('a relay that dies between adding and marking neither loses nor doubles a job', async () => {
  await insertJobs(database.db, scope, [chunk(0), chunk(1), chunk(2)])
  const dying: RelayOptions = {
    ...relay,
    outbox: {
      ...relay.outbox,
      forward: (limit, send) =>
        forwardOutbox(database.db, limit, async (rows) => {
          await send(rows)
          throw new Error('killed after the add')
        }),
    },
  }
  await expect(forwardBatch(dying)).rejects.toThrow('killed after the add')
  expect(await queue.getWaitingCount()).toBe(3)
  expect(await forwardBatch(relay)).toBe(3)
  expect(await queue.getWaitingCount()).toBe(3)
  expect(await forwardBatch(relay)).toBe(0)
})

test('relays that run at once forward every job exactly once', async () => {
  await insertJobs(
    database.db,
    scope,
    Array.from({ length: 1200 }, (_, k) => chunk(k)),
  )
  const counts = await Promise.all(Array.from({ length: 6 }, () => forwardBatch(relay)))
  let sum = counts.reduce((a, b) => a + b, 0)
  while (sum < 1200) sum += await forwardBatch(relay)
  expect(sum).toBe(1200)
  expect(await queue.getWaitingCount()).toBe(1200)
})

test('the running relay is woken by the insert itself', async () => {
  const running = startRelay(relay)
  try {
    // The first turn finds nothing and goes to sleep for a second; only the notification is quicker.
    await forwardBatch(relay)
    const startedMs = performance.now()
    await insertJobs(database.db, scope, [chunk(0)])
    await waitFor(async () => (await queue.getWaitingCount()) === 1, {
      describe: 'the job in BullMQ',
      everyMs: 5,
    })
    expect(performance.now() - startedMs).toBeLessThan(900)
  } finally {
    await running.stop()
  }
})

const listeners = async () => {
  const { rows } = await database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query = 'listen job_outbox'`,
  )
  return rows.map(({ pid }) => pid)
}

test('a relay whose listening connection is lost listens again', async () => {
  const running = startRelay(relay)
  try {
    await waitFor(async () => (await listeners()).length === 1, { describe: 'the relay to listen' })
    const [lost] = await listeners()
    await database.pool.query('select pg_terminate_backend($1)', [lost])
    const next = await waitFor(async () => (await listeners()).find((pid) => pid !== lost), {
      describe: 'the relay to listen on another connection',
    })
    expect(next).not.toBe(lost)
  } finally {
    await running.stop()
  }
})

test('a Redis that does not answer keeps neither the relay nor its rows', async () => {
  const gate = await openGate(namespace.url)
  const behindGate = createRedis(gate.url, 'command')
  behindGate.on('error', () => undefined)
  const gatedQueue = openQueue('backtest', { connection: behindGate, namespace: namespace.prefix })
  try {
    await gatedQueue.waitUntilReady()
    await insertJobs(database.db, scope, [chunk(0)])
    gate.freeze()
    const gated = { ...relay, queueFor: () => gatedQueue }
    await expect(forwardBatch(gated)).rejects.toThrow('timed out')
    const locked = database.db.selectFrom('job_outbox').select('sent_at').forUpdate().noWait().execute()
    expect(await locked).toEqual([{ sent_at: null }])
  } finally {
    gate.close()
    behindGate.disconnect()
  }
})

test('a job whose effect is done is not sent', async () => {
  await insertJobs(database.db, scope, [chunk(0)])
  const [row] = await openRows()
  await markJobDone(database.db, row!.id)
  expect(await forwardBatch(relay)).toBe(0)
  expect(await oldestUnsentSeconds(database.db)).toBe(0)
})

const backdate = () =>
  database.db
    .updateTable('job_outbox')
    .set({ sent_at: new Date(Date.now() - 60_000) })
    .where('sent_at', 'is not', null)
    .execute()

test('a job that Redis lost is sent again under the next generation', async () => {
  await insertJobs(database.db, scope, [chunk(0)])
  await forwardBatch(relay)
  await backdate()
  await queue.obliterate({ force: true })
  await reconcile({
    db: database.db,
    queueFor: () => queue,
    giveUp: () => Promise.reject(new Error('not lost')),
    log,
  })
  expect(await forwardBatch(relay)).toBe(1)
  const [row] = await openRows()
  expect(row?.generation).toBe(1)
  expect(await queue.getJob(jobIdOf(row!))).toBeDefined()
})

test('a job that BullMQ still has is left alone', async () => {
  await insertJobs(database.db, scope, [chunk(0)])
  await forwardBatch(relay)
  await backdate()
  await reconcile({
    db: database.db,
    queueFor: () => queue,
    giveUp: () => Promise.reject(new Error('alive')),
    log,
  })
  expect(await forwardBatch(relay)).toBe(0)
  expect(await queue.getWaitingCount()).toBe(1)
})

test('a failed job that cannot be given up does not keep the others from it', async () => {
  await insertJobs(database.db, scope, [chunk(0), chunk(1)])
  await forwardBatch(relay)
  await backdate()
  const failing = startJobWorker({
    queue: 'backtest',
    catalog: sweepJobs,
    handlers: { 'sweep.chunk': () => Promise.reject(new Unhealable('POISON', 'no worker survives it')) },
    connection: workerConnection,
    namespace: namespace.prefix,
    concurrency: 2,
    log,
  })
  await waitFor(async () => (await queue.getFailedCount()) === 2, { describe: 'both jobs to fail' })
  await failing.close()
  const [first, second] = await openRows()
  const givenUp: string[] = []
  const turn = () =>
    reconcile({
      db: database.db,
      queueFor: () => queue,
      giveUp: async (job, reason) => {
        expect(reason).toBe('POISON: no worker survives it')
        if (job.id === first?.id) throw new Error('its payload makes no sense')
        givenUp.push(job.id)
      },
      log,
    })
  await turn()
  expect(givenUp).toEqual([second?.id])
})
