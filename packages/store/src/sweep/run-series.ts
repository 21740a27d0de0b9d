import type { Db } from '../database/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import type { PinnedDataset } from './pinned-dataset.ts'

/** A pinned dataset with the name of its series. */
export interface RunSeries extends PinnedDataset {
  readonly venue: string
  readonly symbol: string
  readonly timeframe: string
  readonly isSimulated: boolean
}

interface NewRunSeries {
  readonly sweepId: string
  readonly members?: readonly PinnedDataset[] | undefined
  readonly detail?: PinnedDataset | undefined
}

export const insertRunSeries = async (
  tx: Db,
  scope: TenantScope,
  { sweepId, members = [], detail }: NewRunSeries,
): Promise<void> => {
  const rowOf = (role: 'member' | 'detail') => (dataset: PinnedDataset, place: number) => ({
    tenant_id: scope.tenantId,
    sweep_id: sweepId,
    role,
    place,
    series_id: dataset.seriesId,
    from_ms: dataset.fromMs,
    to_ms: dataset.toMs,
    bars: dataset.bars,
    dataset_digest: dataset.digest,
  })
  const rows = [
    ...members.map(rowOf('member')),
    ...(detail === undefined ? [] : [detail].map(rowOf('detail'))),
  ]
  if (rows.length > 0) await tx.insertInto('sweep_series').values(rows).execute()
}

const selectRunSeries = (db: Db, scope: TenantScope) =>
  db
    .selectFrom('sweep_series')
    .innerJoin('series', 'series.id', 'sweep_series.series_id')
    .where('sweep_series.tenant_id', '=', scope.tenantId)
    .selectAll('sweep_series')
    .select(['series.venue', 'series.symbol', 'series.timeframe', 'series.is_simulated'])
    .orderBy('sweep_series.place')

type Row = Awaited<ReturnType<ReturnType<typeof selectRunSeries>['execute']>>[number]

const runSeriesOf = (row: Row): RunSeries => ({
  seriesId: row.series_id,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  bars: row.bars,
  digest: row.dataset_digest,
  venue: row.venue,
  symbol: row.symbol,
  timeframe: row.timeframe,
  isSimulated: row.is_simulated,
})

/** What a run takes besides the series of its own row; `members` in the order of priority, null when it is no portfolio. */
export interface SeriesOfRun {
  readonly members: readonly RunSeries[] | null
  readonly detail: RunSeries | null
}

const seriesOfRun = (rows: readonly Row[]): SeriesOfRun => {
  const members = rows.filter(({ role }) => role === 'member').map(runSeriesOf)
  const detail = rows.find(({ role }) => role === 'detail')
  return {
    members: members.length === 0 ? null : members,
    detail: detail === undefined ? null : runSeriesOf(detail),
  }
}

export const findRunSeries = async (db: Db, scope: TenantScope, sweepId: string): Promise<SeriesOfRun> =>
  seriesOfRun(await selectRunSeries(db, scope).where('sweep_series.sweep_id', '=', sweepId).execute())

/** Of several runs in one query. */
export const listRunSeries = async (
  db: Db,
  scope: TenantScope,
  sweepIds: readonly string[],
): Promise<(sweepId: string) => SeriesOfRun> => {
  const rows =
    sweepIds.length === 0
      ? []
      : await selectRunSeries(db, scope).where('sweep_series.sweep_id', 'in', sweepIds).execute()
  return (sweepId) => seriesOfRun(rows.filter((row) => row.sweep_id === sweepId))
}
