import { sql } from 'kysely'
import type { Rank } from '@botcriptofy/engine/sweep'
import { type BacktestResultRow, insertResults } from '../backtest/index.ts'
import type { Db, SweepStatus } from '../database/index.ts'
import { claimEffect } from '../effect/index.ts'
import { addUsage } from '../limit/index.ts'
import { insertJobs, markJobDone } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { concludeSweep } from './end-sweep.ts'

/** One combination that has come to an end. */
export type FinishedRun = {
  readonly ordinal: number
  readonly params: Readonly<Record<string, number>>
  /** Of the bars. */
  readonly share: number
  /** Of what was run: two runs of a sweep have one hash only when they would give the same numbers. */
  readonly paramsSha256: string
} & (
  | {
      readonly status: 'completed'
      readonly address: string
      readonly isCached: boolean
      readonly rank: Rank
    }
  | { readonly status: 'failed'; readonly errorCode: string; readonly errorDetail: string }
)

export interface FinishedChunk {
  readonly sweepId: string
  readonly outboxId: string
  readonly from: number
  readonly to: number
  /** How often the failed runs were asked for again; left out for the first time. */
  readonly attempt?: number | undefined
  readonly runs: readonly FinishedRun[]
  /** Results that were computed for this chunk; cached ones are in the table already. */
  readonly results: readonly BacktestResultRow[]
}

/** What the chunk's transaction did: `duplicate` and `cancelled` changed no number. */
export type ChunkOutcome =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'counted'
      readonly remaining: number
      readonly total: number
      readonly status: SweepStatus
    }

/** Results, runs, the remaining counter, the effect row and the job's end, in one transaction: all of it or nothing. */
export const completeChunk = async (
  db: Db,
  scope: TenantScope,
  chunk: FinishedChunk,
): Promise<ChunkOutcome> =>
  db.transaction().execute(async (tx) => {
    const claim = await claimChunk(tx, scope, chunk)
    if (claim !== 'claimed') return { kind: claim }
    await insertResults(tx, chunk.results)
    const added = await insertRuns(tx, scope, chunk)
    const computeMs = chunk.results.reduce((sum, result) => sum + result.computeMs, 0)
    const outcome = await countRuns(tx, scope, { sweepId: chunk.sweepId, added, computeMs })
    // Last: all chunks of the tenant share the row.
    await addUsage(tx, scope, computeMs)
    return outcome
  })

/** Which ordinals of which sweep, by which job, the how-manieth time. */
export type ChunkRange = Pick<FinishedChunk, 'sweepId' | 'outboxId' | 'from' | 'to' | 'attempt'>

/** Ends the job, and says whether its effect is the caller's to have; the sweep stays locked until the transaction ends. */
export const claimChunk = async (
  tx: Db,
  scope: TenantScope,
  chunk: ChunkRange,
): Promise<'claimed' | 'duplicate' | 'cancelled'> => {
  // The row lock orders the chunks of one sweep, and a cancellation against them. It comes first, as it does in a
  // cancellation, which locks the jobs next: in another order the two could wait for each other.
  const sweep = await tx
    .selectFrom('sweep')
    .select('finished_at')
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', chunk.sweepId)
    .forUpdate()
    .executeTakeFirst()
  await markJobDone(tx, chunk.outboxId)
  if (!(await claimEffect(tx, 'sweep.chunk', effectKey(chunk)))) return 'duplicate'
  // Cancelled, or failed because nobody was left to compute the rest.
  return sweep?.finished_at === null ? 'claimed' : 'cancelled'
}

/** The first attempt has the key that it had before there were others. */
const effectKey = ({ sweepId, from, to, attempt = 0 }: ChunkRange): string =>
  attempt === 0 ? `${sweepId}/${from}-${to}` : `${sweepId}/${from}-${to}/${attempt}`

const insertRuns = async (tx: Db, scope: TenantScope, { sweepId, runs }: FinishedChunk) => {
  // A range of an appended grid may hold nothing but combinations that the sweep has already.
  if (runs.length === 0) return []
  return tx
    .insertInto('sweep_run')
    .values(
      runs.map((run) => ({
        tenant_id: scope.tenantId,
        sweep_id: sweepId,
        params_sha256: run.paramsSha256,
        ordinal: run.ordinal,
        params: JSON.stringify(run.params),
        status: run.status,
        address: run.status === 'completed' ? run.address : null,
        is_cached: run.status === 'completed' && run.isCached,
        objective_value: run.status === 'completed' ? run.rank.score : null,
        violation: run.status === 'completed' ? run.rank.violation : 0,
        share: run.share,
        error_code: run.status === 'failed' ? run.errorCode : null,
        error_detail: run.status === 'failed' ? run.errorDetail : null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['sweep_id', 'params_sha256']).doNothing())
    .returning(['status', 'is_cached', 'error_code', 'error_detail'])
    .execute()
}

type AddedRun = Awaited<ReturnType<typeof insertRuns>>[number]

/** The round has ended: what comes next is another job's work, so that no chunk waits for it. */
const insertPlan = (
  tx: Db,
  scope: TenantScope,
  { sweepId, round }: { readonly sweepId: string; readonly round: number },
): Promise<void> => {
  const payload = { v: 1 as const, tenantId: scope.tenantId, sweepId, round }
  return insertJobs(tx, scope, [{ name: 'sweep.plan', payload, subjectId: sweepId }])
}

const countRuns = async (
  tx: Db,
  scope: TenantScope,
  {
    sweepId,
    added,
    computeMs,
  }: { readonly sweepId: string; readonly added: readonly AddedRun[]; readonly computeMs: number },
): Promise<ChunkOutcome> => {
  const failures = added.filter((run) => run.status === 'failed')
  const row = await tx
    .updateTable('sweep')
    .set((eb) => ({
      remaining: eb('remaining', '-', added.length),
      failed: eb('failed', '+', failures.length),
      computed: eb(
        'computed',
        '+',
        added.filter((run) => run.status === 'completed' && !run.is_cached).length,
      ),
      compute_ms: eb('compute_ms', '+', computeMs),
      // The chunks that were handed out before a pause end during it.
      status: sql<SweepStatus>`case
        when remaining - ${added.length} > 0 or next_round is not null
          then case status when 'paused' then status else 'running' end
        when failed + ${failures.length} >= total then 'failed' else 'completed' end`,
      started_at: sql<Date>`coalesce(started_at, now())`,
      finished_at: sql<Date | null>`case when remaining - ${added.length} > 0 or next_round is not null
        then null else now() end`,
      error_code: sql<string | null>`coalesce(error_code, ${failures[0]?.error_code ?? null})`,
      error_detail: sql<string | null>`coalesce(error_detail, ${failures[0]?.error_detail ?? null})`,
    }))
    .where('tenant_id', '=', scope.tenantId)
    .where('id', '=', sweepId)
    .returning(['id', 'kind', 'remaining', 'total', 'failed', 'computed', 'status', 'next_round'])
    .executeTakeFirstOrThrow()
  if (row.remaining === 0) {
    if (row.next_round === null) await concludeSweep(tx, scope, row)
    else await insertPlan(tx, scope, { sweepId, round: row.next_round })
  }
  return { kind: 'counted', remaining: row.remaining, total: row.total, status: row.status }
}
