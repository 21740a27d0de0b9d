import { jobCatalog } from '@botcriptofy/contracts/catalog'
import type { Log } from '@botcriptofy/runtime/log'
import {
  admissionMetric,
  deliveryMetrics,
  dispatchMetrics,
  outboxLagMetric,
  queueMetrics,
  redisMetrics,
  type Registry,
} from '@botcriptofy/runtime/metrics'
import { startRelay } from '@botcriptofy/runtime/outbox'
import type { Traces } from '@botcriptofy/runtime/traces'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { forwardOutbox, listenOutbox, oldestUnsentSeconds } from '@botcriptofy/store/outbox'
import { findBacklogs } from '@botcriptofy/store/sweep'
import { giveUpChunk, giveUpReduce } from '../sweep/give-up.ts'
import { giveUpPlan } from '../sweep/plan.jobs.ts'
import { type ArchiveSettings, startArchive } from '../archive/start-archive.ts'
import { giveUpBackfill } from '../archive/backfill.jobs.ts'
import { startAdmission } from './admission.ts'
import { giveUpStep, WALKFORWARD_JOBS } from '../walkforward/walkforward.jobs.ts'
import { startDispatcher } from './dispatcher.ts'
import { startEngineWatch } from './engine-watch.ts'
import { startPlanner } from './planner.ts'
import { startPublisher } from './publisher.ts'
import { openControlQueues } from './queues.ts'
import { type OpenJob, startReconciler } from './reconciler.ts'
import { giveUpIncarnation, startBotReconciler } from './bot-reconciler.ts'

const CHUNK_QUEUE = jobCatalog['sweep.chunk'].queue

export interface ControlOptions {
  readonly database: OpenDatabase
  readonly redisUrl: string
  readonly namespace: string
  readonly registry: Registry
  readonly traces?: Traces | undefined
  /** Owners of a bot that may die in a row. */
  readonly crashLimit?: number | undefined
  /** Without them nothing is archived, and no hole is filled. */
  readonly archive?: ArchiveSettings | undefined
  readonly log: Log
}

/** The control role: dispatcher and planner of sweeps, relay, event publisher, reconciler and archiver. Any number of processes may run it. */
export const startControl = (options: ControlOptions): { readonly stop: () => Promise<void> } => {
  const { database, log, traces, registry } = options
  const queues = openControlQueues(options)
  const { connection, queueFor } = queues
  outboxLagMetric(registry, () => oldestUnsentSeconds(database.db))
  queueMetrics(registry, { queues: queues.all, redis: connection })
  redisMetrics(registry, connection)
  const delivery = deliveryMetrics(registry, Object.keys(jobCatalog))
  const dispatched = dispatchMetrics(registry, (tenants) => findBacklogs(database.db, tenants))
  const admission = startAdmission(connection, log)
  admissionMetric(registry, admission.isOpen)
  const relay = startRelay({
    outbox: {
      forward: (limit, send) => admission.guard(() => forwardOutbox(database.db, limit, send)),
      listen: (onAdded, onLost) => listenOutbox(database.pool, onAdded, onLost),
    },
    queueFor,
    catalog: jobCatalog,
    traces,
    log,
    onForwarded: delivery.onForwarded,
  })
  const dispatcher = startDispatcher({
    database,
    queue: () => queueFor(CHUNK_QUEUE),
    isAdmitting: admission.isOpen,
    log,
    observe: dispatched.observe,
  })
  const engineWatch = startEngineWatch(database.db, log)
  const planner = startPlanner({ ...options, db: database.db })
  const publisher = startPublisher(database.db, log)
  const bots = startBotReconciler({ db: database.db, crashLimit: options.crashLimit, log })
  const archive =
    options.archive && startArchive({ ...options, redis: connection, settings: options.archive })
  const giveUp = givingUp(database, log)
  const reconciler = startReconciler({
    db: database.db,
    queueFor,
    log,
    giveUp: async (job, reason) => {
      if (!(await giveUp(job, reason))) return
      delivery.onGivenUp(job.name)
    },
  })
  return {
    stop: async () => {
      await Promise.all([
        admission.stop(),
        bots.stop(),
        archive?.stop(),
        dispatcher.stop(),
        engineWatch.stop(),
        planner.stop(),
        relay.stop(),
        publisher.stop(),
        reconciler.stop(),
      ])
      await queues.close()
    },
  }
}

/** Writes down what a job that failed for good leaves undone; false for a job that nobody waits for. */
const givingUp = (database: OpenDatabase, log: Log) => {
  const { db } = database
  const step = giveUpStep(db)
  const byName = new Map<string, (job: OpenJob, reason: string) => Promise<void>>([
    ['sweep.chunk', giveUpChunk(db)],
    ['sweep.reduce', giveUpReduce(db)],
    ['sweep.plan', giveUpPlan(db)],
    ['bot.run', giveUpIncarnation(db)],
    ['candles.backfill', giveUpBackfill(database, log)],
    ...WALKFORWARD_JOBS.map((name) => [name, step] as const),
  ])
  return async (job: OpenJob, reason: string): Promise<boolean> => {
    const giveUp = byName.get(job.name)
    await giveUp?.(job, reason)
    return giveUp !== undefined
  }
}
