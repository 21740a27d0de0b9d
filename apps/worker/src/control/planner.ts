import { sweepPlanJobs } from '@botcriptofy/contracts/sweep'
import type { Log } from '@botcriptofy/runtime/log'
import { jobMetrics, type Registry } from '@botcriptofy/runtime/metrics'
import { startJobWorker } from '@botcriptofy/runtime/queue'
import { createRedis } from '@botcriptofy/runtime/redis'
import type { Traces } from '@botcriptofy/runtime/traces'
import type { Db } from '@botcriptofy/store/database'
import { PLAN_QUEUE, planHandlers } from '../sweep/plan.jobs.ts'

export interface PlannerOptions {
  readonly db: Db
  readonly redisUrl: string
  readonly namespace: string
  readonly registry: Registry
  readonly traces?: Traces | undefined
  readonly log: Log
}

/** Plans the rounds of searches, one at a time: each is a query and some milliseconds of computing. */
export const startPlanner = ({ db, redisUrl, namespace, registry, traces, log }: PlannerOptions) => {
  const connection = createRedis(redisUrl, 'blocking')
  connection.on('error', (error) => log.warn({ err: error }, 'redis connection'))
  const worker = startJobWorker({
    queue: PLAN_QUEUE,
    catalog: sweepPlanJobs,
    handlers: planHandlers(db),
    connection,
    namespace,
    concurrency: 1,
    telemetry: traces?.telemetry,
    observe: jobMetrics(registry, { queue: PLAN_QUEUE, names: Object.keys(sweepPlanJobs) }).observe,
    log,
  })
  return {
    stop: async () => {
      await worker.close()
      connection.disconnect()
    },
  }
}
