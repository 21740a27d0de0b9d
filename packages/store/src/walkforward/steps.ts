import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { claimEffect } from '../effect/index.ts'
import { insertEvent } from '../event/index.ts'
import { insertJobs, markJobDone, withdrawJobs } from '../outbox/index.ts'
import { saveStrategyBody } from '../strategy/index.ts'
import { acceptSweep, cancelSweep, type PinnedDataset } from '../sweep/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { Strategy } from '@botcriptofy/engine/strategy'
import type { WalkForwardForWork } from './for-work.ts'

/** A job of a walk-forward. */
export interface StepJob {
  readonly name: 'walkforward.plan' | 'walkforward.step' | 'walkforward.join'
  readonly outboxId: string
  readonly walkforwardId: string
  /** Whose end the step follows upon. */
  readonly sweepId?: string
}

/** `duplicate` and `not wanted` changed nothing. */
export type StepOutcome = 'done' | 'duplicate' | 'not wanted'

/** One step in one transaction: the row's lock orders it against the others and a cancellation, its effect against itself. */
export const takeStep = (
  db: Db,
  scope: TenantScope,
  { job, act }: { readonly job: StepJob; readonly act: (tx: Db) => Promise<void> },
): Promise<StepOutcome> =>
  db.transaction().execute(async (tx) => {
    const flow = await lockWalkForward(tx, scope, job.walkforwardId)
    await markJobDone(tx, job.outboxId)
    if (!(await claimEffect(tx, job.name, job.sweepId ?? job.walkforwardId))) return 'duplicate'
    if (flow === undefined || flow.finished_at !== null) return 'not wanted'
    await act(tx)
    return 'done'
  })

const lockWalkForward = (tx: Db, scope: TenantScope, id: string) =>
  tx
    .selectFrom('walkforward')
    .select(['status', 'finished_at'])
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** A window with the candles of its training; none where the series has a hole there. */
export interface PinnedWindow {
  readonly place: number
  readonly train: PinnedDataset | undefined
}

/** Submits the training of every window as a sweep of its own. */
export const startTrainings = async (
  tx: Db,
  scope: TenantScope,
  { flow, windows }: { readonly flow: WalkForwardForWork; readonly windows: readonly PinnedWindow[] },
): Promise<void> => {
  await tx
    .updateTable('walkforward')
    .set({ status: 'running', started_at: sql<Date>`now()` })
    .where('id', '=', flow.id)
    .execute()
  for (const { place, train } of windows) {
    if (train === undefined) {
      await endWindow(tx, scope, { flow, place })
      continue
    }
    await acceptSweep(tx, scope, {
      ...childOf(flow, place, train),
      kind: 'sweep',
      strategySha256: flow.strategy_sha256,
      axes: flow.axes,
      config: flow.config,
    })
    await setWindow(tx, { flow, place, set: { status: 'training' } })
  }
}

/** Submits the test of a window: the chosen strategy, which may signal from the last bar before the window on. */
export const startTest = async (
  tx: Db,
  scope: TenantScope,
  test: {
    readonly flow: WalkForwardForWork
    readonly place: number
    readonly chosen: number
    readonly strategy: Strategy
    readonly dataset: PinnedDataset
    readonly signalsFromBar: number
  },
): Promise<void> => {
  const { flow, place, chosen, dataset, strategy, signalsFromBar } = test
  await acceptSweep(tx, scope, {
    ...childOf(flow, place, dataset),
    kind: 'backtest',
    strategySha256: await saveStrategyBody(tx, scope, strategy),
    axes: [],
    config: { ...flow.config, signalsFromBar },
  })
  await setWindow(tx, { flow, place, set: { status: 'testing', chosen } })
}

const childOf = (flow: WalkForwardForWork, place: number, dataset: PinnedDataset) => ({
  objective: flow.objective,
  scoring: flow.scoring ?? undefined,
  priority: flow.priority,
  seriesId: dataset.seriesId,
  fromMs: dataset.fromMs,
  toMs: dataset.toMs,
  bars: dataset.bars,
  datasetDigest: dataset.digest,
  engineRevision: flow.engine_revision,
  indicatorDigests: flow.indicator_digests,
  window: { walkforwardId: flow.id, place },
})

const setWindow = async (
  tx: Db,
  {
    flow,
    place,
    set,
  }: {
    readonly flow: WalkForwardForWork
    readonly place: number
    readonly set: { readonly status: 'training' | 'testing' | 'completed'; readonly chosen?: number }
  },
): Promise<void> => {
  await tx
    .updateTable('walkforward_window')
    .set(set)
    .where('walkforward_id', '=', flow.id)
    .where('place', '=', place)
    .execute()
}

/** Counts a window that has nothing more to do; the last one asks for the joining. */
export const endWindow = async (
  tx: Db,
  scope: TenantScope,
  { flow, place }: { readonly flow: WalkForwardForWork; readonly place: number },
): Promise<void> => {
  await setWindow(tx, { flow, place, set: { status: 'completed' } })
  const { remaining } = await tx
    .updateTable('walkforward')
    .set((eb) => ({ remaining: eb('remaining', '-', 1) }))
    .where('id', '=', flow.id)
    .returning('remaining')
    .executeTakeFirstOrThrow()
  const data = { place, remaining }
  await insertEvent(tx, scope, { type: 'walkforward.window', subjectId: flow.id, data })
  if (remaining > 0) return
  const payload = { v: 1 as const, tenantId: scope.tenantId, walkforwardId: flow.id }
  await insertJobs(tx, scope, [{ name: 'walkforward.join', payload, subjectId: flow.id }])
}

/** What the tests came to; the last step. */
export const completeWalkForward = async (
  tx: Db,
  scope: TenantScope,
  end: { readonly id: string; readonly result: object; readonly equity: Buffer },
): Promise<void> => {
  const result = JSON.stringify(end.result)
  await tx
    .updateTable('walkforward')
    .set({ status: 'completed', finished_at: sql<Date>`now()`, result, equity: end.equity })
    .where('id', '=', end.id)
    .execute()
  await insertEvent(tx, scope, { type: 'walkforward.completed', subjectId: end.id, data: {} })
}

export interface Failure {
  readonly code: string
  readonly detail: string
}

/** Ends it for good, and with it whatever of its windows is still under way. */
export const failWalkForward = async (
  tx: Db,
  scope: TenantScope,
  { id, failure }: { readonly id: string; readonly failure: Failure },
): Promise<void> => {
  await tx
    .updateTable('walkforward')
    .set({
      status: 'failed',
      finished_at: sql<Date>`now()`,
      error_code: failure.code,
      error_detail: failure.detail,
    })
    .where('id', '=', id)
    .execute()
  await stopRuns(tx, scope, id)
  await insertEvent(tx, scope, { type: 'walkforward.failed', subjectId: id, data: failure })
}

/** Undefined when there is no such walk-forward; otherwise the status it has now. */
export const cancelWalkForward = async (tx: Db, scope: TenantScope, id: string) => {
  const flow = await lockWalkForward(tx, scope, id)
  if (flow === undefined || flow.finished_at !== null) return flow?.status
  await tx
    .updateTable('walkforward')
    .set({ status: 'cancelled', finished_at: sql<Date>`now()` })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', id)
    .execute()
  await stopRuns(tx, scope, id)
  await insertEvent(tx, scope, { type: 'walkforward.cancelled', subjectId: id, data: {} })
  return 'cancelled' as const
}

/** Its own jobs and the runs of its windows. A step that comes later finds the walk-forward ended. */
const stopRuns = async (tx: Db, scope: TenantScope, id: string): Promise<void> => {
  await withdrawJobs(tx, scope, id)
  const runs = await tx
    .selectFrom('sweep')
    .select(['id', 'kind'])
    .where('tenant_id', '=', scope.tenantId)
    .where('walkforward_id', '=', id)
    .where('finished_at', 'is', null)
    .orderBy('id')
    .execute()
  for (const run of runs) await cancelSweep(tx, scope, run)
}
