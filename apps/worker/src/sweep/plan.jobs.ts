import type { Handlers } from '@botcriptofy/contracts/job'
import { sweepPlanJobs, sweepPlanPayload } from '@botcriptofy/contracts/sweep'
import { TryLater } from '@botcriptofy/runtime/queue'
import type { Db } from '@botcriptofy/store/database'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { giveUpRound, planNextRound } from '@botcriptofy/store/sweep'
import { scopeOf } from '@botcriptofy/store/tenant'

export const PLAN_QUEUE = sweepPlanJobs['sweep.plan'].queue

/** Plans the rounds of searches. */
export const planHandlers = (db: Db): Handlers<typeof sweepPlanJobs> => ({
  'sweep.plan': async ({ tenantId, sweepId, round }, { outboxId }) => {
    try {
      const { kind } = await planNextRound(db, scopeOf(tenantId), { sweepId, round, outboxId })
      return { outcome: kind }
    } catch (error) {
      throw isDatabaseAway(error) ? new TryLater('Postgres is away', { cause: error }) : error
    }
  },
})

/** A round that could not be planned for good ends the sweep, so that nobody waits for it. */
export const giveUpPlan =
  (db: Db) =>
  async (job: { readonly id: string; readonly payload: unknown }, reason: string): Promise<void> => {
    const { tenantId, sweepId, round } = sweepPlanPayload.parse(job.payload)
    const failure = { code: 'PLAN_FAILED', detail: reason }
    await giveUpRound(db, scopeOf(tenantId), { sweepId, round, outboxId: job.id, ...failure })
  }
