import { sql } from 'kysely'
import type { SweepChunkPayload } from '@botcriptofy/contracts/sweep'
import type { Db } from '../database/index.ts'
import { heldLimits } from '../limit/index.ts'
import { insertJobs } from '../outbox/index.ts'
import { scopeOf } from '../tenant/index.ts'
import { LIVING_REVISIONS, NO_POOL } from '../worker-pool/index.ts'
import { CHUNK_MS, chunkRuns, runCostMs, singleCostMs } from './chunk-size.ts'
import { shareSlots, type TenantQueue } from './fair-share.ts'

/** Any fixed number that nothing else in the database locks. */
const DISPATCH_LOCK = 7_202_611_220_004
/** In BullMQ behind the single backtests, which have 0. */
const CHUNK_PRIORITY = 1

export interface Dispatched {
  /** Chunks that were handed out. */
  readonly chunks: number
  /** Chunks of sweeps that are handed out and have not ended. */
  readonly outstanding: number
}

/**
 * Hands out as many chunks of sweeps as `window` leaves room for: what the backlog loses the outbox gains, in one
 * transaction. One process at a time does it; another that tries meanwhile hands out nothing.
 */
export const dispatchSweeps = async (db: Db, window: number): Promise<Dispatched> => {
  // Asked at the end of every single backtest too, and mostly in vain.
  const { rows } = await sql<{ readonly isWaiting: boolean; readonly hasTurns: boolean }>`
    select exists (select from sweep_backlog) as "isWaiting", exists (select from tenant_turn) as "hasTurns"`.execute(
    db,
  )
  if (rows[0]?.isWaiting !== true) {
    // Debts are towards those who wait, and nobody does.
    if (rows[0]?.hasTurns === true) await db.deleteFrom('tenant_turn').execute()
    return { chunks: 0, outstanding: await countOutstanding(db) }
  }
  return db.transaction().execute((tx) => dispatchLocked(tx, window))
}

const dispatchLocked = async (tx: Db, window: number): Promise<Dispatched> => {
  const lock = await sql<{
    got: boolean
  }>`select pg_try_advisory_xact_lock(${DISPATCH_LOCK}) as got`.execute(tx)
  const outstanding = await countOutstanding(tx)
  const slots = window - outstanding
  if (lock.rows[0]?.got !== true || slots <= 0) return { chunks: 0, outstanding }
  // Who pays for a single backtest waits until the turns are written, and pays from the new ones.
  await sql`select from tenant_turn for update`.execute(tx)
  const queues = await readQueues(tx, slots)
  const { taken, turns } = shareSlots(queues, { slots, quantumMs: CHUNK_MS })
  if (taken.length === 0) return { chunks: 0, outstanding }
  await saveTurns(tx, turns)
  await handOut(tx, taken)
  return { chunks: taken.length, outstanding: outstanding + taken.length }
}

/** Those of an engine that no worker has are not counted: they wait for a deployment, and nobody is kept by them. */
const countOutstanding = async (tx: Db): Promise<number> => {
  const { rows } = await sql<{ readonly count: number }>`
    select count(*)::int as count from job_outbox
    where done_at is null and priority > 0 and name = 'sweep.chunk'
      and (${NO_POOL} or coalesce((payload->>'engineRevision')::int in ${LIVING_REVISIONS}, true))`.execute(
    tx,
  )
  return rows[0]?.count ?? 0
}

/** A part of a sweep that no job carries yet, with what its chunks need. */
interface BacklogRange {
  readonly tenantId: string
  readonly sweepId: string
  readonly from: number
  readonly to: number
  /** The most runs of a chunk of it; null: as many as are quick enough. */
  readonly maxRuns: number | null
  readonly traceparent: string | null
  /** Where the grids begin that were appended; null when there is none. */
  readonly firstExtension: number | null
  readonly attempt: number
  readonly engineRevision: number
  readonly chunk: object
  readonly kind: 'backtest' | 'sweep'
  readonly bars: number
  readonly computed: number
  readonly computeMs: number
}

interface Chunk {
  readonly range: BacklogRange
  readonly from: number
  readonly to: number
  readonly costMs: number
}

interface WaitingTenant {
  readonly tenantId: string
  readonly creditMs: number | null
  readonly weight: number
  /** Chunks that its limits leave room for. */
  readonly room: number
}

/**
 * The tenants in the order of their turns, new ones last, each with as many chunks as there are slots, or all it may hand
 * out: its limits keep the others in the backlog.
 */
const readQueues = async (tx: Db, slots: number): Promise<readonly TenantQueue<Chunk>[]> => {
  const tenants = await sql<WaitingTenant>`
    select waiting.tenant_id as "tenantId", credit_ms as "creditMs", held.weight,
      case when held.cpu_seconds_today >= held.cpu_seconds_per_day then 0
        else greatest(0, least(${slots}, held.max_running_chunks - (
          select count(*) from job_outbox
          where job_outbox.tenant_id = waiting.tenant_id and done_at is null and name = 'sweep.chunk'
        ))) end::int as room
    from (select tenant_id from sweep_backlog union select tenant_id from tenant_turn where credit_ms < 0) as waiting
    join ${heldLimits} as held on held.tenant_id = waiting.tenant_id
    left join tenant_turn on tenant_turn.tenant_id = waiting.tenant_id
    order by turn nulls last, waiting.tenant_id`.execute(tx)
  const queues: TenantQueue<Chunk>[] = []
  for (const { tenantId, creditMs, weight, room } of tenants.rows) {
    const ranges = room === 0 ? [] : await readBacklog(tx, tenantId, room)
    queues.push({
      tenantId,
      creditMs: creditMs ?? CHUNK_MS * weight,
      weight,
      chunks: cutChunks(ranges, room),
    })
  }
  return queues
}

/**
 * Single backtests first. Locked, so that a cancellation waits for the chunks handed out here, and withdraws them too.
 */
const readBacklog = async (tx: Db, tenantId: string, limit: number): Promise<readonly BacklogRange[]> => {
  const { rows } = await sql<BacklogRange>`
    select backlog.tenant_id as "tenantId", sweep_id as "sweepId", from_ordinal as "from", to_ordinal as "to",
      max_runs as "maxRuns", traceparent,
      (select min(first_ordinal) from sweep_extension where sweep_extension.sweep_id = sweep.id) as "firstExtension",
      attempt, engine_revision as "engineRevision", chunk, kind, bars, computed, compute_ms as "computeMs"
    from sweep_backlog as backlog join sweep on sweep.id = backlog.sweep_id
    where backlog.tenant_id = ${tenantId} and sweep.status in ('queued', 'running')
      and (${NO_POOL} or engine_revision in ${LIVING_REVISIONS})
    order by sweep.kind = 'sweep', sweep.priority, sweep.id, from_ordinal
    limit ${limit}
    for update of backlog skip locked`.execute(tx)
  return rows
}

const cutChunks = (ranges: readonly BacklogRange[], limit: number): readonly Chunk[] => {
  const chunks: Chunk[] = []
  for (const range of ranges) {
    const runs = Math.min(chunkRuns(range), range.maxRuns ?? Infinity)
    for (let from = range.from; from < range.to && chunks.length < limit; from += runs) {
      const to = Math.min(range.to, from + runs)
      chunks.push({ range, from, to, costMs: (to - from) * costOf(range) })
    }
  }
  return chunks
}

const costOf = (range: BacklogRange): number =>
  range.kind === 'backtest' ? singleCostMs(range.bars) : runCostMs(range)

/** A tenant that has nothing left begins anew when it has: credit is no savings book. */
const saveTurns = async (
  tx: Db,
  turns: readonly { readonly tenantId: string; readonly creditMs: number }[],
): Promise<void> => {
  await tx.deleteFrom('tenant_turn').execute()
  if (turns.length === 0) return
  await tx
    .insertInto('tenant_turn')
    .values(turns.map(({ tenantId, creditMs }, turn) => ({ tenant_id: tenantId, turn, credit_ms: creditMs })))
    // Of a tenant that has paid for a single backtest meanwhile.
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .execute()
}

/** In the order in which they were taken, which is the order in which workers get them. */
const handOut = async (tx: Db, chunks: readonly Chunk[]): Promise<void> => {
  for (const chunk of chunks) {
    const { tenantId, sweepId, traceparent } = chunk.range
    const payload = payloadOf(chunk)
    const job = { name: 'sweep.chunk', payload, subjectId: sweepId, priority: CHUNK_PRIORITY } as const
    await insertJobs(tx, scopeOf(tenantId), [{ ...job, traceparent: traceparent ?? undefined }])
  }
  for (const range of new Set(chunks.map((chunk) => chunk.range))) {
    const cut = chunks.filter((chunk) => chunk.range === range)
    await shortenBacklog(tx, range, Math.max(...cut.map(({ to }) => to)))
  }
}

const shortenBacklog = async (tx: Db, { sweepId, from, to }: BacklogRange, next: number): Promise<void> => {
  if (next < to) {
    await tx
      .updateTable('sweep_backlog')
      .set({ from_ordinal: next })
      .where('sweep_id', '=', sweepId)
      .where('from_ordinal', '=', from)
      .execute()
  } else {
    await tx
      .deleteFrom('sweep_backlog')
      .where('sweep_id', '=', sweepId)
      .where('from_ordinal', '=', from)
      .execute()
  }
}

/** Words that are left out keep the payload readable for workers of the version before. */
const payloadOf = ({ range, from, to }: Chunk): SweepChunkPayload => ({
  v: 1,
  tenantId: range.tenantId,
  sweepId: range.sweepId,
  from,
  to,
  engineRevision: range.engineRevision,
  ...range.chunk,
  ...(range.attempt > 0 ? { attempt: range.attempt } : {}),
  ...(range.firstExtension !== null && to > range.firstExtension ? { isExtension: true as const } : {}),
})
