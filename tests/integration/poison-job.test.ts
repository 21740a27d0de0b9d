import { jobCatalog } from '@botcriptofy/contracts/catalog'
import { sweepJobs } from '@botcriptofy/contracts/sweep'
import { DEFAULT_BACKTEST_CONFIG } from '@botcriptofy/engine/backtest'
import { createLog } from '@botcriptofy/runtime/log'
import { forwardBatch } from '@botcriptofy/runtime/outbox'
import { openQueue, startJobWorker, Unhealable } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { newId } from '@botcriptofy/store/database'
import { forwardOutbox } from '@botcriptofy/store/outbox'
import { saveStrategyBody } from '@botcriptofy/store/strategy'
import { acceptSweep, dispatchSweeps, findSweep, listRuns } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'
import { testDatabase } from '@botcriptofy/testkit/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcile } from '../../apps/worker/src/control/reconciler.ts'
import { giveUpChunk } from '../../apps/worker/src/sweep/give-up.ts'

const [{ db, close }, namespace] = await Promise.all([testDatabase(), redisNamespace()])
const connection = createRedis(namespace.url, 'blocking')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const log = createLog({ name: 'test', level: 'silent' })
const scope = scopeOf(newId())
const seriesId = newId()

beforeAll(async () => {
  await db.insertInto('tenant').values({ id: scope.tenantId, name: 'acme' }).execute()
  const series = { id: seriesId, tenant_id: null, venue: 'v', symbol: 'A/B', timeframe: '1d' }
  await db.insertInto('series').values(series).execute()
})

afterAll(async () => {
  await queue.close()
  connection.disconnect()
  await namespace.close()
  await close()
})

/** Ten combinations over so many bars that each is a chunk of its own. */
const acceptTen = async (): Promise<string> => {
  const strategySha256 = await saveStrategyBody(db, scope, {
    name: 'x',
    version: 1,
    direction: 'long',
    indicators: { a: { type: 'sma', params: { period: 5 } } },
    entry: { long: { left: 'close', op: '>', right: 'a' } },
    sizing: { kind: 'equityFraction', value: 1 },
  })
  const { id } = await acceptSweep(db, scope, {
    kind: 'sweep',
    strategySha256,
    axes: [['indicators.a.params.period', [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]],
    config: DEFAULT_BACKTEST_CONFIG,
    objective: 'sharpe',
    seriesId,
    fromMs: 0,
    toMs: 1,
    bars: 5_000_000,
    datasetDigest: 'd',
    engineRevision: 1,
  })
  return id
}

test('a job that failed for good in BullMQ is written down as failed runs with its reason', async () => {
  const id = await acceptTen()
  await dispatchSweeps(db, 10)
  await forwardBatch({
    outbox: {
      forward: (limit, send) => forwardOutbox(db, limit, send),
      listen: async () => async () => undefined,
    },
    queueFor: () => queue,
    catalog: jobCatalog,
    log,
  })
  // A worker that dies under its jobs leaves them failed in BullMQ and says nothing to Postgres.
  const worker = startJobWorker({
    queue: 'backtest',
    catalog: sweepJobs,
    handlers: {
      'sweep.chunk': ({ from }) =>
        Promise.reject(new Unhealable('OUT_OF_MEMORY', `chunk ${from} is too large`)),
    },
    connection,
    namespace: namespace.prefix,
    concurrency: 10,
    log,
  })
  await waitFor(async () => (await queue.getFailedCount()) === 10, { describe: 'ten failed jobs' })
  await worker.close()
  expect(await findSweep(db, scope, { kind: 'sweep', id })).toMatchObject({ status: 'queued', remaining: 10 })

  await db
    .updateTable('job_outbox')
    .set({ sent_at: new Date(Date.now() - 60_000) })
    .execute()
  await reconcile({ db, queueFor: () => queue, giveUp: giveUpChunk(db), log })

  expect(await findSweep(db, scope, { kind: 'sweep', id })).toMatchObject({
    status: 'failed',
    remaining: 0,
    failed: 10,
    error_code: 'OUT_OF_MEMORY',
  })
  const page = { sweepId: id, sort: 'sharpe', direction: 'desc', limit: 10, offset: 0 } as const
  const runs = await listRuns(db, scope, page)
  expect(runs.map((run) => run.error_detail)).toEqual(
    Array.from({ length: 10 }, (_, ordinal) => `chunk ${ordinal} is too large`),
  )
  const open = await db.selectFrom('job_outbox').select('id').where('done_at', 'is', null).execute()
  expect(open).toEqual([])
})
