import { sql } from 'kysely'
import type { Db } from '../database/index.ts'
import { heldLimits } from '../limit/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { CHUNK_MS, singleCostMs } from './chunk-size.ts'

/** What the single backtests of one tenant that go before all sweeps may cost together: two chunks. */
const EXPRESS_MS = 2 * CHUNK_MS
/** And how many there may be, however cheap they are: Redis holds them. */
const EXPRESS_JOBS = 100

interface Situation {
  readonly weight: number
  readonly hasRoom: boolean
  readonly hasTime: boolean
  /** Single backtests of the tenant that are handed out, and the bars they run over. */
  readonly jobs: number
  readonly bars: number
  /** The tenant has single backtests that were not handed out yet. */
  readonly hasWaiting: boolean
  readonly othersWait: boolean
  readonly creditMs: number | null
}

/**
 * Whether a single backtest that is being accepted goes straight to the workers, before the chunks of all sweeps. It does
 * while the tenant has few of them there. While other tenants wait it pays from its credit in their round robin, so that a
 * tenant with nothing but single backtests gets no more of the workers than its share.
 */
export const takeExpress = async (tx: Db, scope: TenantScope, bars: number): Promise<boolean> => {
  const now = await readSituation(tx, scope)
  const openMs = now.jobs === 0 ? 0 : now.jobs * singleCostMs(now.bars / now.jobs)
  const costMs = singleCostMs(bars)
  const isFew = now.jobs === 0 || (now.jobs < EXPRESS_JOBS && openMs + costMs <= EXPRESS_MS)
  if (!isFew || !now.hasRoom || !now.hasTime || now.hasWaiting) return false
  if (!now.othersWait) return true
  const creditMs = now.creditMs ?? CHUNK_MS * now.weight
  if (creditMs <= 0) return false
  await charge(tx, scope, { creditMs, costMs })
  return true
}

const readSituation = async (tx: Db, { tenantId }: TenantScope): Promise<Situation> => {
  const { rows } = await sql<Situation>`
    select held.weight, coalesce(open.chunks < held.max_running_chunks, true) as "hasRoom",
      coalesce(held.cpu_seconds_today < held.cpu_seconds_per_day, true) as "hasTime",
      open.jobs, open.bars,
      exists (select from sweep_backlog join sweep on sweep.id = sweep_backlog.sweep_id
        where sweep_backlog.tenant_id = held.tenant_id and sweep.kind = 'backtest') as "hasWaiting",
      exists (select from sweep_backlog where tenant_id <> held.tenant_id) as "othersWait",
      (select credit_ms from tenant_turn where tenant_turn.tenant_id = held.tenant_id) as "creditMs"
    from ${heldLimits} as held, lateral (
      select count(*)::int as chunks, count(*) filter (where sweep.kind = 'backtest')::int as jobs,
        coalesce(sum(sweep.bars) filter (where sweep.kind = 'backtest'), 0)::float8 as bars
      from job_outbox join sweep on sweep.id = job_outbox.subject_id
      where job_outbox.tenant_id = held.tenant_id and done_at is null and name = 'sweep.chunk'
    ) as open
    where held.tenant_id = ${tenantId}`.execute(tx)
  const [situation] = rows
  if (situation === undefined) throw new Error(`expected the tenant ${tenantId}, was none`)
  return situation
}

const charge = async (
  tx: Db,
  { tenantId }: TenantScope,
  { creditMs, costMs }: { readonly creditMs: number; readonly costMs: number },
): Promise<void> => {
  await sql`
    insert into tenant_turn (tenant_id, turn, credit_ms)
    values (${tenantId}, (select coalesce(max(turn), 0) + 1 from tenant_turn), ${creditMs - costMs})
    on conflict (tenant_id) do update set credit_ms = tenant_turn.credit_ms - ${costMs}`.execute(tx)
}
