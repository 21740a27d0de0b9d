import { sweepPlanJobs } from '@botcriptofy/contracts/sweep'
import { createLog } from '@botcriptofy/runtime/log'
import { openQueue, startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import { newId } from '@botcriptofy/store/database'
import { openGate } from '@botcriptofy/testkit/gate'
import { redisNamespace } from '@botcriptofy/testkit/redis'
import { waitFor } from '@botcriptofy/testkit/wait'
import { afterAll, expect, test } from 'vitest'
import { startPulse } from '../../apps/worker/src/pulse.ts'

const namespace = await redisNamespace()
const gate = await openGate(namespace.url)
const log = createLog({ name: 'test', level: 'silent' })
const connection = createRedis(namespace.url, 'command')
const queue = openQueue('backtest', { connection, namespace: namespace.prefix })
const behindGate = createRedis(gate.url, 'blocking')
behindGate.on('error', () => undefined)
afterAll(async () => {
  await queue.close()
  connection.disconnect()
  gate.close()
  behindGate.disconnect()
  await namespace.close()
})

const add = () => queue.add('sweep.plan', { v: 1 }, { jobId: `${newId()}-0` })

test('a pool whose own connection is stuck has no pulse while jobs wait, and one again when none do', async () => {
  let taken = 0
  const worker = startJobWorker({
    queue: 'backtest',
    catalog: sweepPlanJobs,
    handlers: {
      'sweep.plan': () => Promise.reject(new Error('expected a payload that is refused')),
    },
    connection: behindGate,
    namespace: namespace.prefix,
    concurrency: 1,
    log,
  })
  let isBusy = false
  const pulse = startPulse({ queue: () => queue, isBusy: () => isBusy, log, intervalMs: 20 })
  worker.on('active', () => {
    taken++
    pulse.beat()
  })
  await add()
  await waitFor(() => taken === 1, { describe: 'a job to be taken' })
  gate.freeze()
  await add()
  await waitFor(() => pulse.idleMs() > 500, { describe: 'the pulse to stop' })
  isBusy = true
  await waitFor(() => pulse.idleMs() < 100, { describe: 'the pulse of a pool with its hands full' })
  isBusy = false
  await waitFor(() => pulse.idleMs() > 300, { describe: 'the pulse to stop again' })
  await queue.obliterate({ force: true })
  await waitFor(() => pulse.idleMs() < 100, { describe: 'the pulse of a pool with nothing to take' })
  expect(taken).toBe(1)
  await pulse.stop()
  await worker.close(true)
})
