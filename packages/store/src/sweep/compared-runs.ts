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
    select runs, known, block_returns as blocks from counted left join taken on true order by ordinal`.execute(
    db,
  )
  const [{ runs, known } = { runs: 0, known: 0 }] = rows
  return { runs, known, blocks: rows.flatMap((row) => (row.blocks ? [unpackBlockReturns(row.blocks)] : [])) }
}
