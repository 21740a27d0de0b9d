import type { Handlers, JobContext } from '@botcriptofy/contracts/job'
import { walkforwardJobs, walkforwardPayload } from '@botcriptofy/contracts/walkforward'
import { TryLater } from '@botcriptofy/runtime/queue'
import type { Db } from '@botcriptofy/store/database'
import { isDatabaseAway } from '@botcriptofy/store/outage'
import { scopeOf } from '@botcriptofy/store/tenant'
import {
  failWalkForward,
  findWalkForwardForWork,
  type StepJob,
  type StepOutcome,
  takeStep,
} from '@botcriptofy/store/walkforward'
import { prepareJoin } from './join.ts'
import type { Prepare } from './prepare.ts'
import { prepareTrainings } from './plan.ts'
import { prepareStep } from './step.ts'

export const WALKFORWARD_JOBS = Object.keys(walkforwardJobs) as (keyof typeof walkforwardJobs)[]

/** The steps of walk-forwards: each follows upon the end of others and takes effect once. */
export const walkforwardHandlers = (db: Db): Handlers<typeof walkforwardJobs> => ({
  'walkforward.plan': (payload, context) => run(db, { name: 'walkforward.plan', payload, context }),
  'walkforward.step': (payload, context) => run(db, { name: 'walkforward.step', payload, context }),
  'walkforward.join': (payload, context) => run(db, { name: 'walkforward.join', payload, context }),
})

const PREPARE: Readonly<Record<StepJob['name'], Prepare>> = {
  'walkforward.plan': prepareTrainings,
  'walkforward.step': prepareStep,
  'walkforward.join': prepareJoin,
}

interface Delivery {
  readonly name: StepJob['name']
  readonly payload: { readonly tenantId: string; readonly walkforwardId: string; readonly sweepId?: string }
  readonly context: Pick<JobContext, 'outboxId'>
}

const run = async (db: Db, delivery: Delivery): Promise<{ readonly outcome: StepOutcome }> => {
  try {
    return { outcome: await step(db, delivery) }
  } catch (error) {
    throw isDatabaseAway(error) ? new TryLater('Postgres is away', { cause: error }) : error
  }
}

const step = async (db: Db, { name, payload, context }: Delivery): Promise<StepOutcome> => {
  const { walkforwardId, sweepId } = payload
  const scope = scopeOf(payload.tenantId)
  const job = {
    name,
    walkforwardId,
    outboxId: context.outboxId,
    ...(sweepId === undefined ? {} : { sweepId }),
  }
  const flow = await findWalkForwardForWork(db, scope, walkforwardId)
  const nothing = () => Promise.resolve()
  if (flow === undefined || flow.finished_at !== null) return takeStep(db, scope, { job, act: nothing })
  const prepared = await PREPARE[name](db, scope, { flow, sweepId: sweepId ?? '' })
  const act =
    typeof prepared === 'function'
      ? prepared
      : (tx: Db) => failWalkForward(tx, scope, { id: walkforwardId, failure: prepared })
  return takeStep(db, scope, { job, act })
}

/** A step that failed for good ends the walk-forward, so that nobody waits for it. */
export const giveUpStep =
  (db: Db) =>
  async (
    lost: { readonly id: string; readonly name: string; readonly payload: unknown },
    reason: string,
  ): Promise<void> => {
    const { tenantId, walkforwardId } = walkforwardPayload.parse(lost.payload)
    const scope = scopeOf(tenantId)
    const name = lost.name as StepJob['name']
    // Not the effect of the step: a late delivery finds the walk-forward ended.
    const job = { name, walkforwardId, outboxId: lost.id, sweepId: `given up ${lost.id}` }
    const failure = { code: 'STEP_FAILED', detail: reason }
    await takeStep(db, scope, {
      job,
      act: (tx) => failWalkForward(tx, scope, { id: walkforwardId, failure }),
    })
  }
