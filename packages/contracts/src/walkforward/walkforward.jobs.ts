import { z } from 'zod'
import { defineJob } from '../job/index.ts'

const ofWalkForward = { v: z.literal(1), tenantId: z.uuid(), walkforwardId: z.uuid() }
/** What every job of a walk-forward says. */
export const walkforwardPayload = z.object(ofWalkForward)

const job = <Payload extends z.ZodType>(payload: Payload) =>
  defineJob({ queue: 'backtest', payload, attempts: 6, backoffMs: 500 })

export const walkforwardJobs = {
  /** Submits the sweep of every window's training. */
  'walkforward.plan': job(z.strictObject(ofWalkForward)),
  /** A training or a test has ended: what follows upon it. */
  'walkforward.step': job(z.strictObject({ ...ofWalkForward, sweepId: z.uuid() })),
  /** All tests have ended: joins them. */
  'walkforward.join': job(z.strictObject(ofWalkForward)),
} as const
