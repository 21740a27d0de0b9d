import { type PlacedRound, planRound, runsAllowed, type SearchRound } from '@botcriptofy/engine/sweep'
import { sql } from 'kysely'
import type { Db, SweepStatus } from '../database/index.ts'
import { claimEffect } from '../effect/index.ts'
import { insertEvent } from '../event/index.ts'
import { markJobDone } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { roundChunkRuns } from './chunk-size.ts'
import { concludeSweep } from './end-sweep.ts'
import { appendRound, endOfRounds, findPlan, resultsOfRounds, sizeOfRound } from './rounds.ts'

/** A job that says: all runs of the rounds before `round` have ended. */
export interface RoundJob {
  readonly sweepId: string
  readonly round: number
  readonly outboxId: string
}

/** What the plan's transaction did: `duplicate` and `not wanted` changed nothing. */
export type PlanOutcome =
  | { readonly kind: 'duplicate' | 'not wanted' }
  | { readonly kind: 'planned'; readonly runs: number }
  | { readonly kind: 'ended'; readonly status: SweepStatus }

/** Appends the next round of a search, or ends the sweep where there is none or the budget is spent. */
export const planNextRound = (db: Db, scope: TenantScope, job: RoundJob): Promise<PlanOutcome> =>
  db.transaction().execute(async (tx) => {
    const claimed = await claimRound(tx, scope, job)
    if (claimed.outcome !== null) return claimed.outcome
    const { sweep, plan } = claimed
    const results = await resultsOfRounds(tx, scope, { sweepId: sweep.id, rounds: plan.rounds })
    const planned = planRound(plan.axes, plan.search, { round: job.round, results })
    if (planned === undefined) return endSearch(tx, scope, { id: sweep.id, stoppedBy: null })
    const spent = { runs: sweep.total, seconds: sweep.seconds }
    const runs = runsAllowed(sweep.budget ?? {}, spent, sizeOfRound(planned))
    if (runs === 0) return endSearch(tx, scope, { id: sweep.id, stoppedBy: 'budget' })
    const maxRuns = roundChunkRuns(sweep, runs)
    await extendByRound(tx, scope, { sweepId: sweep.id, rounds: plan.rounds, planned, runs, maxRuns })
    return { kind: 'planned', runs }
  })

/** Ends a sweep whose next round cannot be planned; what it has computed stays. */
export const giveUpRound = (
  db: Db,
  scope: TenantScope,
  { code, detail, ...job }: RoundJob & { readonly code: string; readonly detail: string },
): Promise<PlanOutcome> =>
  db.transaction().execute(async (tx) => {
    const claimed = await claimRound(tx, scope, job)
    if (claimed.outcome !== null) return claimed.outcome
    await tx
      .updateTable('sweep')
      .set({ error_code: code, error_detail: detail })
      .where('id', '=', claimed.sweep.id)
      .execute()
    return endSearch(tx, scope, { id: claimed.sweep.id, stoppedBy: null, status: 'failed' })
  })

/** The row lock orders it against a cancellation, the effect against another delivery. */
const claimRound = async (tx: Db, scope: TenantScope, { sweepId, round, outboxId }: RoundJob) => {
  const sweep = await tx
    .selectFrom('sweep')
    .select([
      'id',
      'status',
      'axes',
      'search',
      'budget',
      'next_round',
      'total',
      'bars',
      'computed',
      'compute_ms as computeMs',
    ])
    .select(sql<number>`coalesce(extract(epoch from now() - started_at), 0)::float8`.as('seconds'))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', sweepId)
    .forUpdate()
    .executeTakeFirst()
  await markJobDone(tx, outboxId)
  if (!(await claimEffect(tx, 'sweep.plan', `${sweepId}/${round}`)))
    return { outcome: { kind: 'duplicate' } } as const
  const isWanted = sweep?.next_round === round && sweep.status !== 'cancelled'
  const plan = isWanted ? await findPlan(tx, scope, sweep) : undefined
  if (sweep === undefined || plan === undefined || plan.search === null) {
    return { outcome: { kind: 'not wanted' } } as const
  }
  return { outcome: null, sweep, plan } as const
}

const extendByRound = async (
  tx: Db,
  scope: TenantScope,
  next: {
    readonly sweepId: string
    readonly rounds: readonly PlacedRound[]
    readonly planned: SearchRound
    readonly runs: number
    readonly maxRuns: number
  },
): Promise<void> => {
  const { sweepId, rounds, planned, runs, maxRuns } = next
  const isCut = runs < sizeOfRound(planned)
  await appendRound(tx, scope, { sweepId, firstOrdinal: endOfRounds(rounds), runs, planned, maxRuns })
  await tx
    .updateTable('sweep')
    .set((eb) => ({
      total: eb('total', '+', runs),
      remaining: eb('remaining', '+', runs),
      next_round: isCut ? null : planned.round + 1,
      stopped_by: isCut ? 'budget' : null,
    }))
    .where('id', '=', sweepId)
    .execute()
  const { round, share } = planned
  await insertEvent(tx, scope, { type: 'sweep.round', subjectId: sweepId, data: { round, share, runs } })
}

/** Of a locked sweep whose runs have all ended. */
export const endSearch = async (
  tx: Db,
  scope: TenantScope,
  end: { readonly id: string; readonly stoppedBy: 'budget' | null; readonly status?: 'failed' },
): Promise<PlanOutcome> => {
  const row = await tx
    .updateTable('sweep')
    .set({
      status: end.status ?? sql<SweepStatus>`case when failed >= total then 'failed' else 'completed' end`,
      finished_at: sql<Date>`now()`,
      next_round: null,
      stopped_by: end.stoppedBy,
    })
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', end.id)
    .returning(['id', 'kind', 'status', 'total', 'failed', 'computed'])
    .executeTakeFirstOrThrow()
  await concludeSweep(tx, scope, row)
  return { kind: 'ended', status: row.status }
}
