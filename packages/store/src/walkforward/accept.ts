import type { Axis, Objective } from '@botcriptofy/engine/sweep'
import type { WalkForwardWindow } from '@botcriptofy/engine/validity'
import { type Db, newId } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import { insertJobs } from '../outbox/index.ts'
import type { PinnedDataset } from '../sweep/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/** A walk-forward with everything pinned that decides its numbers. */
export interface NewWalkForward {
  readonly strategySha256: string
  readonly axes: readonly Axis[]
  readonly config: object
  readonly objective: string
  readonly scoring?: Objective | undefined
  /** How the windows were laid; for people. */
  readonly plan: object
  readonly windows: readonly WalkForwardWindow[]
  readonly priority: number
  /** All candles that the windows lie in. */
  readonly dataset: PinnedDataset
  readonly engineRevision: number
  readonly indicatorDigests: Readonly<Record<string, string>>
}

/** Writes the walk-forward, its windows and the job that submits their trainings. */
export const acceptWalkForward = async (
  tx: Db,
  scope: TenantScope,
  { dataset, windows, ...given }: NewWalkForward,
): Promise<{ readonly id: string }> => {
  const id = newId()
  await tx
    .insertInto('walkforward')
    .values({
      tenant_id: scope.tenantId,
      id,
      strategy_sha256: given.strategySha256,
      axes: JSON.stringify(given.axes),
      config: JSON.stringify(given.config),
      objective: given.objective,
      scoring: given.scoring === undefined ? null : JSON.stringify(given.scoring),
      plan: JSON.stringify(given.plan),
      priority: given.priority,
      series_id: dataset.seriesId,
      from_ms: dataset.fromMs,
      to_ms: dataset.toMs,
      bars: dataset.bars,
      dataset_digest: dataset.digest,
      engine_revision: given.engineRevision,
      indicator_digests: JSON.stringify(given.indicatorDigests),
      status: 'queued',
      windows: windows.length,
      remaining: windows.length,
    })
    .execute()
  await tx
    .insertInto('walkforward_window')
    .values(
      windows.map(({ train, test }, place) => ({
        tenant_id: scope.tenantId,
        walkforward_id: id,
        place,
        train_from_ms: train.from,
        train_to_ms: train.to,
        test_from_ms: test.from,
        test_to_ms: test.to,
        status: 'waiting' as const,
      })),
    )
    .execute()
  const payload = { v: 1 as const, tenantId: scope.tenantId, walkforwardId: id }
  await insertJobs(tx, scope, [{ name: 'walkforward.plan', payload, subjectId: id }])
  const data = { windows: windows.length }
  await insertEvent(tx, scope, { type: 'walkforward.queued', subjectId: id, data })
  return { id }
}
