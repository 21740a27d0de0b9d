import { sql } from 'kysely'
import type { SweepReducePayload } from '@botcriptofy/contracts/sweep'
import type { Db } from '../database/index.ts'
import { claimEffect } from '../effect/index.ts'
import { addUsage } from '../limit/index.ts'
import { insertJobs, markJobDone } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { dropUnrankedBlobs } from './best-runs.ts'

/** In BullMQ among the chunks of sweeps and behind the single backtests. */
const REDUCE_PRIORITY = 1

/** In the transaction that completed the sweep: its best runs will get their trades and equity. */
export const insertReduction = async (tx: Db, scope: TenantScope, sweepId: string): Promise<void> => {
  const { engineRevision, indicatorDigests } = await tx
    .selectFrom('sweep')
    .select('engine_revision as engineRevision')
    .select(
      sql<SweepReducePayload['indicatorDigests'] | null>`chunk->'indicatorDigests'`.as('indicatorDigests'),
    )
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow()
  const payload = {
    v: 1 as const,
    tenantId: scope.tenantId,
    sweepId,
    engineRevision,
    ...(indicatorDigests === null ? {} : { indicatorDigests }),
  }
  await insertJobs(tx, scope, [
    { name: 'sweep.reduce', payload, subjectId: sweepId, priority: REDUCE_PRIORITY },
  ])
}

/** Whether trades and equity of the best runs are still to come. */
export const isReducing = async (db: Db, scope: TenantScope, sweepId: string): Promise<boolean> => {
  const open = await db
    .selectFrom('job_outbox')
    .select('id')
    .where('tenant_id', '=', scope.tenantId)
    .where('subject_id', '=', sweepId)
    .where('name', '=', 'sweep.reduce')
    .where('done_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return open !== undefined
}

/** A run that was made once more. */
export interface RemadeRun {
  readonly address: string
  readonly tradesSha256: string
  readonly blobs: { readonly trades: Buffer; readonly equity: Buffer }
}

export interface Reduction {
  readonly sweepId: string
  readonly outboxId: string
  readonly runs: readonly RemadeRun[]
  readonly computeMs: number
}

/** What the transaction did: `duplicate` and `not wanted` kept nothing. */
export type ReduceOutcome =
  | { readonly kind: 'duplicate' | 'not wanted' }
  | { readonly kind: 'kept'; readonly runs: number }

/**
 * Trades and equity of the best runs, the effect row and the job's end, in one transaction. A sweep that goes on, because
 * it was extended or rerun, has another best soon and another job for it.
 */
export const reduceSweep = (db: Db, scope: TenantScope, reduction: Reduction): Promise<ReduceOutcome> =>
  db.transaction().execute(async (tx) => {
    const { sweepId, outboxId, runs, computeMs } = reduction
    const claim = await claimReduction(tx, scope, { sweepId, outboxId })
    if (claim !== 'claimed') return { kind: claim }
    let kept = 0
    // In one order in all transactions, so that two sweeps with the same runs do not wait for each other.
    for (const run of runs.toSorted((a, b) => (a.address < b.address ? -1 : 1))) kept += await keep(tx, run)
    await dropUnrankedBlobs(tx, sweepId)
    await addUsage(tx, scope, computeMs)
    return { kind: 'kept', runs: kept }
  })

/** Leaves the best runs of a complete sweep without trades and equity, and tells why with the sweep. */
export const giveUpReduction = (
  db: Db,
  scope: TenantScope,
  job: {
    readonly sweepId: string
    readonly outboxId: string
    readonly code: string
    readonly detail: string
  },
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { sweepId, code, detail } = job
    if ((await claimReduction(tx, scope, job)) !== 'claimed') return
    await tx
      .updateTable('sweep')
      .set({ error_code: code, error_detail: detail })
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '=', sweepId)
      .where('error_code', 'is', null)
      .execute()
  })

/** The row lock orders it against a rerun or an extension, the effect against another delivery. */
const claimReduction = async (
  tx: Db,
  scope: TenantScope,
  { sweepId, outboxId }: { readonly sweepId: string; readonly outboxId: string },
): Promise<'claimed' | 'duplicate' | 'not wanted'> => {
  const sweep = await tx
    .selectFrom('sweep')
    .select('status')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', sweepId)
    .forUpdate()
    .executeTakeFirst()
  await markJobDone(tx, outboxId)
  if (sweep?.status !== 'completed') return 'not wanted'
  return (await claimEffect(tx, 'sweep.reduce', outboxId)) ? 'claimed' : 'duplicate'
}

/** The hash once more: the row may have been written anew since its run was read. */
const keep = async (tx: Db, { address, tradesSha256, blobs }: RemadeRun): Promise<number> => {
  const { numUpdatedRows } = await tx
    .updateTable('backtest_result')
    .set(blobs)
    .where('address', '=', address)
    .where('trades_sha256', '=', tradesSha256)
    .where('trades', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
