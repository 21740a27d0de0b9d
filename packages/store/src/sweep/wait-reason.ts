import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { heldLimits } from '../limit/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { LIVING_REVISIONS, NO_POOL } from '../worker-pool/index.ts'

/** Why a run that has not ended does not go on at present. */
export interface WaitReason {
  readonly code: 'NO_WORKER' | 'ENGINE_REVISION_AWAY' | 'CPU_SECONDS_SPENT'
  readonly detail: string
}

interface Facts {
  readonly revision: number
  readonly hasNoPool: boolean
  readonly living: readonly number[]
  readonly cpuSecondsToday: number
  readonly cpuSecondsPerDay: number | null
}

/** Undefined for a run that has ended or was paused, and for one that waits for nothing but its turn. */
export const findWaitReason = async (
  db: Db,
  scope: TenantScope,
  id: string,
): Promise<WaitReason | undefined> => {
  const { rows } = await sql<Facts>`
    select engine_revision as revision, ${NO_POOL} as "hasNoPool",
      array(select distinct engine_revision from ${LIVING_REVISIONS} as living order by 1) as living,
      held.cpu_seconds_today as "cpuSecondsToday", held.cpu_seconds_per_day as "cpuSecondsPerDay"
    from sweep join ${heldLimits} as held on held.tenant_id = sweep.tenant_id
    where sweep.tenant_id = ${scope.tenantId} and sweep.id = ${id} and status in ('queued', 'running')`.execute(
    db,
  )
  const [facts] = rows
  return facts && reasonOf(facts)
}

const reasonOf = (facts: Facts): WaitReason | undefined => {
  const { revision, living, cpuSecondsToday, cpuSecondsPerDay } = facts
  if (facts.hasNoPool) {
    return { code: 'NO_WORKER', detail: 'expected a worker for backtests, none has told of itself lately' }
  }
  if (!living.includes(revision)) {
    const detail = `expected a worker of engine revision ${revision}, those there have ${living.join(', ')}`
    return { code: 'ENGINE_REVISION_AWAY', detail }
  }
  if (cpuSecondsPerDay !== null && cpuSecondsToday >= cpuSecondsPerDay) {
    const detail = `expected at most ${cpuSecondsPerDay} CPU seconds a day, were ${Math.round(cpuSecondsToday)}; it goes on at 00:00 UTC`
    return { code: 'CPU_SECONDS_SPENT', detail }
  }
  return undefined
}
