import { sql } from 'kysely'
import { unpackBlockReturns } from '../blob/index.ts'
import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'

/**
 * Block statistics of at most `limit` completed runs of a sweep, evenly taken by ordinal, and of how many there are. Runs
 * over fewer bars than others, as those of the first rounds of a search, have other blocks and are left out.
 */
export const listBlocks = async (
  db: Db,
  scope: TenantScope,
  { sweepId, limit }: { readonly sweepId: string; readonly limit: number },
) => {
  // The wide column is read of the chosen rows alone.
  const { rows } = await sql<{
    readonly runs: number
    readonly known: number
    readonly ordinal: number | null
    readonly blocks: Buffer | null
  }>`
    with run as (
      select sweep_run.address, sweep_run.ordinal, result.bars, result.block_returns is not null as is_known
      from sweep_run join backtest_result as result on result.address = sweep_run.address
      where sweep_run.tenant_id = ${scope.tenantId} and sweep_run.sweep_id = ${sweepId}
    ),
    longest as (select * from run where bars = (select max(bars) from run)),
    counted as (
      select count(*)::int as runs, (count(*) filter (where is_known))::int as known from longest
    ),
    placed as (
      select address, ordinal, row_number() over (order by ordinal) - 1 as place from longest where is_known
    ),
    taken as (
      select ordinal, block_returns from placed join backtest_result using (address), counted
      where known <= ${limit} or floor((place + 1) * ${limit}::float8 / known) > floor(place * ${limit}::float8 / known)
    )
    select runs, known, ordinal, block_returns as blocks from counted left join taken on true order by ordinal`.execute(
    db,
  )
  const [{ runs, known } = { runs: 0, known: 0 }] = rows
  const taken = rows.flatMap(({ ordinal, blocks }) =>
    ordinal === null || blocks === null ? [] : [{ ordinal, blocks: unpackBlockReturns(blocks) }],
  )
  return {
    runs,
    known,
    ordinals: taken.map(({ ordinal }) => ordinal),
    blocks: taken.map(({ blocks }) => blocks),
  }
}

/** Block statistics of one run; undefined where they are not known. */
export const findBlocks = async (
  db: Db,
  scope: TenantScope,
  { sweepId, ordinal }: { readonly sweepId: string; readonly ordinal: number },
) => {
  const row = await db
    .selectFrom('sweep_run')
    .innerJoin('backtest_result', 'backtest_result.address', 'sweep_run.address')
    .select('block_returns')
    .where('tenant_id', '=', scope.tenantId)
    .where('sweep_id', '=', sweepId)
    .where('ordinal', '=', ordinal)
    .executeTakeFirst()
  return row?.block_returns ? unpackBlockReturns(row.block_returns) : undefined
}
