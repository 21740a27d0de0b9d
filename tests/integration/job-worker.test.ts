import { sweepJobs } from '@botcriptofy/contracts/sweep'
import type { JobContext } from '@botcriptofy/contracts/job'
import { ENGINE_REVISION } from '@botcriptofy/engine/backtest'
import { createLog } from '@botcriptofy/runtime/log'
import { jobIdOf } from '@botcriptofy/runtime/outbox'
import { openQueue, startJobWorker, TryLater } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { newId, openDatabase } from '@botcriptofy/store/database'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import { openBacktestThreads } from '../../apps/worker/src/backtest/thread-pool.ts'
import { DatasetCache } from '../../apps/worker/src/candles/dataset-cache.ts'
import { startCancelWatch } from '../../apps/worker/src/sweep/cancel-watch.ts'
import { sweepHandlers } from '../../apps/worker/src/sweep/sweep.jobs.ts'

const namespace = await redisNamespace()
const connection = createRedis(namespace.url, 'blocking')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const log = createLog({ name: 'test', level: 'silent' })
const payload = {
  v: 1 as const,
  tenantId: newId(),
  sweepId: newId(),
  from: 0,
  to: 1,
  engineRevision: ENGINE_REVISION,
}

afterAll(async () => {
  await queue.close()
  connection.disconnect()
  await namespace.close()
})

test('a job that is postponed keeps its tries', async () => {
  const outcomes: string[] = []
  const worker = startJobWorker({
    queue: 'backtest',
    catalog: sweepJobs,
    handlers: {
      'sweep.chunk': async (_payload, context) => {
        expect(context.isLastAttempt).toBe(true)
        if (outcomes.length === 0) throw new TryLater('not yet')
        return { outcome: 'counted' }
      },
    },
    connection,
    namespace: namespace.prefix,
    concurrency: 1,
    log,
    observe: ({ outcome }) => outcomes.push(outcome),
  })
  try {
    const job = await queue.add('sweep.chunk', payload, {
      jobId: jobIdOf({ id: newId(), generation: 0 }),
      attempts: 1,
    })
    await waitFor(() => job.isCompleted(), { describe: 'the job to be done' })
    expect(outcomes).toEqual(['postponed', 'completed'])
  } finally {
    await worker.close()
  }
})

test('a chunk waits for Postgres and for workers of its revision, however long they are away', async () => {
  const away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolSize: 1, name: 'test' })
  const threads = openBacktestThreads({ threads: 1 })
  const cancelWatch = startCancelWatch(away.db, log)
  const datasets = new DatasetCache({ pool: away.pool, limitBytes: 0 })
  const handle = sweepHandlers({ db: away.db, datasets, threads, cancelWatch })['sweep.chunk']
  const context: JobContext = {
    jobId: 'a-0',
    outboxId: 'a',
    signal: new AbortController().signal,
    stalls: 0,
    isLastAttempt: true,
    reportProgress: async () => undefined,
  }
  try {
    await expect(handle(payload, context)).rejects.toBeInstanceOf(TryLater)
    const newer = { ...payload, engineRevision: ENGINE_REVISION + 1 }
    await expect(handle(newer, context)).rejects.toBeInstanceOf(TryLater)
    const older = { ...payload, engineRevision: ENGINE_REVISION - 1 }
    await expect(handle(older, context)).rejects.toBeInstanceOf(TryLater)
  } finally {
    await cancelWatch.stop()
    await threads.close()
    await away.close()
  }
})
