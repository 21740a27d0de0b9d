import { z } from 'zod'
import { defineJob } from '../job/index.ts'

/** Ordinals [from, to) of one sweep's grid; a single backtest is a sweep of one. */
export const sweepChunkPayload = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  sweepId: z.uuid(),
  from: z.int().nonnegative(),
  to: z.int().positive(),
  /** The chunk belongs to results of this engine; a worker of another revision refuses it. */
  engineRevision: z.int().positive(),
  /** The sha256 of the module of each custom indicator that is used; a worker with other modules refuses the chunk. */
  indicatorDigests: z.record(z.string(), z.string()).optional(),
  /** What candles a single backtest takes besides those of its own row; a worker that does not know them refuses. */
  candles: z.enum(['portfolio', 'detail']).optional(),
  /** How often the failed runs of the sweep were asked for again; left out for the first time. */
  attempt: z.int().positive().optional(),
  /** The range is in a grid that was appended to the sweep; a worker that knows of one grid alone refuses the word. */
  isExtension: z.literal(true).optional(),
  /** What a worker must know of to compute the chunk; one that does not know the word refuses. */
  needs: z.array(z.enum(['search', 'scoring'])).optional(),
})
export type SweepChunkPayload = z.infer<typeof sweepChunkPayload>

/** The sweep is complete: its best runs are to be made once more, for the trades and equity that are kept of them. */
export const sweepReducePayload = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  sweepId: z.uuid(),
  /** As of its chunks. */
  engineRevision: z.int().positive(),
  indicatorDigests: z.record(z.string(), z.string()).optional(),
})
export type SweepReducePayload = z.infer<typeof sweepReducePayload>

/** All runs of the rounds before this one have ended: it is to be planned from their results. */
export const sweepPlanPayload = z.strictObject({
  v: z.literal(1),
  tenantId: z.uuid(),
  sweepId: z.uuid(),
  round: z.int().positive(),
})
export type SweepPlanPayload = z.infer<typeof sweepPlanPayload>

export const sweepJobs = {
  'sweep.chunk': defineJob({ queue: 'backtest', payload: sweepChunkPayload, attempts: 6, backoffMs: 500 }),
} as const

/** Tried for some minutes: meanwhile a deployment may bring a worker with the engine of the sweep. */
export const sweepReduceJobs = {
  'sweep.reduce': defineJob({ queue: 'backtest', payload: sweepReducePayload, attempts: 9, backoffMs: 1000 }),
} as const

/** A queue of its own: workers of the version before, which plan nothing, never see it, and no plan waits for backtests. */
export const sweepPlanJobs = {
  'sweep.plan': defineJob({ queue: 'sweep-plan', payload: sweepPlanPayload, attempts: 6, backoffMs: 500 }),
} as const
