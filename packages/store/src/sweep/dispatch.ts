import { sql } from 'kysely'
import type { SweepChunkPayload } from '@botcriptofy/contracts/sweep'
import type { Db } from '../database/index.ts'
import { insertJobs } from '../outbox/index.ts'
import { scopeOf } from '../tenant/index.ts'
import { CHUNK_MS, chunkRuns, runCostMs } from './chunk-size.ts'
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
  const waiting = await db.selectFrom('sweep_backlog').select('sweep_id').limit(1).execute()
  if (waiting.length === 0) return { chunks: 0, outstanding: await countOutstanding(db) }
  return db.transaction().execute((tx) => dispatchLocked(tx, window))
}

const dispatchLocked = async (tx: Db, window: number): Promise<Dispatched> => {
  const lock = await sql<{
    got: boolean
  }>`select pg_try_advisory_xact_lock(${DISPATCH_LOCK}) as got`.execute(tx)
  const outstanding = await countOutstanding(tx)
  const slots = window - outstanding
  if (lock.rows[0]?.got !== true || slots <= 0) return { chunks: 0, outstanding }
  const queues = await readQueues(tx, slots)
  const { taken, turns } = shareSlots(queues, { slots, quantumMs: CHUNK_MS })
  if (taken.length === 0) return { chunks: 0, outstanding }
  await saveTurns(tx, turns)
  await handOut(tx, taken)
  return { chunks: taken.length, outstanding: outstanding + taken.length }
}

const countOutstanding = async (tx: Db): Promise<number> => {
  const row = await tx
    .selectFrom('job_outbox')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('done_at', 'is', null)
    .where('priority', '>', 0)
    .executeTakeFirstOrThrow()
  return row.count
}

/** A part of a sweep that no job carries yet, with what its chunks need. */
interface BacklogRange {
  readonly tenantId: string
  readonly sweepId: string
  readonly from: number
  readonly to: number
  /** The most runs of a chunk of it; null: as many as are quick enough. */
  readonly maxRuns: number | null
  /** Where the grids begin that were appended; null when there is none. */
  readonly firstExtension: number | null
  readonly attempt: number
  readonly engineRevision: number
  readonly chunk: object
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

/** The tenants in the order of their turns, new ones last, each with as many chunks as there are slots, or all it has. */
const readQueues = async (tx: Db, slots: number): Promise<readonly TenantQueue<Chunk>[]> => {
  const tenants = await sql<{ readonly tenantId: string; readonly creditMs: number | null }>`
    select backlog.tenant_id as "tenantId", credit_ms as "creditMs"
    from (select distinct tenant_id from sweep_backlog) as backlog
    left join tenant_turn on tenant_turn.tenant_id = backlog.tenant_id
    order by turn nulls last, backlog.tenant_id`.execute(tx)
  const queues: TenantQueue<Chunk>[] = []
  for (const { tenantId, creditMs } of tenants.rows) {
    const ranges = await readBacklog(tx, tenantId, slots)
    queues.push({ tenantId, creditMs: creditMs ?? CHUNK_MS, chunks: cutChunks(ranges, slots) })
  }
  return queues
}

/** Locked, so that a cancellation waits for the chunks handed out here, and withdraws them too. */
const readBacklog = async (tx: Db, tenantId: string, limit: number): Promise<readonly BacklogRange[]> => {
  const { rows } = await sql<BacklogRange>`
    select backlog.tenant_id as "tenantId", sweep_id as "sweepId", from_ordinal as "from", to_ordinal as "to", max_runs as "maxRuns",
      (select min(first_ordinal) from sweep_extension where sweep_extension.sweep_id = sweep.id) as "firstExtension",
      attempt, engine_revision as "engineRevision", chunk, bars, computed, compute_ms as "computeMs"
    from sweep_backlog as backlog join sweep on sweep.id = backlog.sweep_id
    where backlog.tenant_id = ${tenantId} and sweep.status in ('queued', 'running')
    order by sweep.priority, sweep.id, from_ordinal
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
      chunks.push({ range, from, to, costMs: (to - from) * runCostMs(range) })
    }
  }
  return chunks
}

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
    .execute()
}

/** In the order in which they were taken, which is the order in which workers get them. */
const handOut = async (tx: Db, chunks: readonly Chunk[]): Promise<void> => {
  for (const chunk of chunks) {
    const { tenantId, sweepId } = chunk.range
    const payload = payloadOf(chunk)
    const job = { name: 'sweep.chunk', payload, subjectId: sweepId, priority: CHUNK_PRIORITY } as const
    await insertJobs(tx, scopeOf(tenantId), [job])
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
