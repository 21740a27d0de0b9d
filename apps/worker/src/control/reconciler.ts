import { jobIdOf } from '@botcriptofy/runtime/outbox'
import type { Queue } from '@botcriptofy/runtime/queue'
import type { Log } from '@botcriptofy/runtime/log'
import type { Db } from '@botcriptofy/store/database'
import { findOpenJobs, resendJob, touchOpenJobs } from '@botcriptofy/store/outbox'
import { startLoop } from './loop.ts'

export type OpenJob = Awaited<ReturnType<typeof findOpenJobs>>[number]

export interface ReconcilerOptions {
  readonly db: Db
  readonly queueFor: (name: string) => Queue
  /** Records that a job will never have its effect, so that whoever waits for it hears so. */
  readonly giveUp: (job: OpenJob, reason: string) => Promise<void>
  readonly log: Log
}

const INTERVAL_MS = 2000
const OPEN_FOR_MS = 5000
const BATCH = 200

/**
 * Asks BullMQ about jobs that are long without an effect: one that Redis lost is sent again under a new generation, one
 * that failed for good (a worker died under it too often) is given up in Postgres too.
 */
export const startReconciler = (options: ReconcilerOptions) =>
  startLoop({ name: 'reconciler', intervalMs: INTERVAL_MS, log: options.log }, () => reconcile(options))

export const reconcile = async ({ db, queueFor, giveUp, log }: ReconcilerOptions): Promise<void> => {
  const jobs = await findOpenJobs(db, OPEN_FOR_MS, BATCH)
  const looked: string[] = []
  for (const job of jobs) {
    const jobId = jobIdOf(job)
    const queue = queueFor(job.queue)
    const delivered = await queue.getJob(jobId)
    const state = delivered === undefined ? 'lost' : await delivered.getState()
    if (state === 'failed') {
      const reason = delivered?.failedReason ?? 'the job failed without a reason'
      // One job that cannot be given up must not keep the reconciler from the others: it comes last the next time.
      await giveUp(job, reason).catch((error: unknown) => {
        log.error({ err: error, jobId, job: job.name }, 'could not give up a failed job')
        looked.push(job.id)
      })
    } else if (state === 'lost' || state === 'completed') {
      // Completed without an effect: Postgres lost a commit that it had acknowledged, or the row was edited by hand.
      log.warn({ jobId, job: job.name, state }, 'a job has no effect and will have none; sending it again')
      await resendJob(db, job)
    } else {
      looked.push(job.id)
    }
  }
  await touchOpenJobs(db, looked)
}
