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
  const alive: string[] = []
  for (const job of jobs) {
    const delivered = await queueFor(job.queue).getJob(jobIdOf(job))
    if (delivered === undefined) {
      log.warn({ jobId: jobIdOf(job), job: job.name }, 'Redis lost a job; sending it again')
      await resendJob(db, job)
      continue
    }
    const state = await delivered.getState()
    if (state === 'failed') await giveUp(job, delivered.failedReason ?? 'the job failed without a reason')
    // Completed without an effect: Postgres lost a commit that it had acknowledged, or the row was edited by hand.
    else if (state === 'completed') await resendJob(db, job)
    else alive.push(job.id)
  }
  await touchOpenJobs(db, alive)
}
