import { sweepPlanJobs } from '@botcriptofy/contracts/sweep'
import type { Log } from '@botcriptofy/runtime/log'
import { startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import type { Db } from '@botcriptofy/store/database'
import { PLAN_QUEUE, planHandlers } from '../sweep/plan.jobs.ts'

export interface PlannerOptions {
  readonly db: Db
  readonly redisUrl: string
  readonly namespace: string
  readonly log: Log
}

/** Plans the rounds of searches, one at a time: each is a query and some milliseconds of computing. */
export const startPlanner = ({ db, redisUrl, namespace, log }: PlannerOptions) => {
  const connection = createRedis(redisUrl, 'blocking')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const worker = startJobWorker({
    queue: PLAN_QUEUE,
    catalog: sweepPlanJobs,
    handlers: planHandlers(db),
    connection,
    namespace,
    concurrency: 1,
    log,
  })
  return {
    stop: async () => {
      await worker.close()
      connection.disconnect()
    },
  }
}
