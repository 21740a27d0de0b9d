import {
  metricName,
  searchInput,
  sweepRunView,
  type SweepView,
  sweepView,
} from '@botcriptofy/contracts/sweep'
import type { Axis, Grid, PlacedRound, Search } from '@botcriptofy/engine/sweep'
import { type listRuns, objectiveOfRow, type SweepRow } from '@botcriptofy/store/sweep'
import { runErrorOf, runViewOf } from '../runs/run-view.ts'

export const sweepSummaryOf = (row: SweepRow) => ({
  ...runViewOf(row),
  objective: row.objective,
  search: searchOf(row),
  combinations: runViewOf(row).progress.total,
  computed: row.computed,
  failed: row.failed,
})

interface SweepParts {
  /** The sweep's own and those that were appended. */
  readonly grids: readonly Grid[]
  readonly rounds: readonly PlacedRound[]
}

export const sweepViewOf = (row: SweepRow, { grids: [own, ...appended], rounds }: SweepParts): SweepView =>
  sweepView.parse({
    ...sweepSummaryOf(row),
    groupId: row.group_id,
    strategy: row.strategy,
    config: row.config,
    parameters: parametersOf(own?.axes ?? []),
    extensions: appended.map(({ firstOrdinal, axes }) => ({ firstOrdinal, parameters: parametersOf(axes) })),
    scoring: objectiveOfRow(row),
    budget: row.budget,
    stoppedBy: row.finished_at === null ? null : row.stopped_by,
    rounds,
  })

const parametersOf = (axes: readonly Axis[]) => Object.fromEntries(axes)

/** The JSON columns were written by a worker of any version, so they are read through the schema. */
export const sweepRunViewOf = (row: Awaited<ReturnType<typeof listRuns>>[number]) =>
  sweepRunView.parse({
    ordinal: row.ordinal,
    params: row.params,
    status: row.status,
    cached: row.is_cached,
    error: runErrorOf(row),
    metrics: row.metrics,
    score: row.objective_value,
    violation: row.violation,
    share: row.share,
    lowSample: row.low_sample,
    finalEquity: row.final_equity,
    band: row.band,
    tradesSha256: row.trades_sha256,
  })

/** How the sweep finds its combinations; the column was validated when it was accepted. */
export const searchOf = (row: SweepRow): Search => searchInput.parse(row.search ?? { method: 'grid' })

/** The metric to show where there is room for one: of a weighted sum the first; Sharpe where this version knows none. */
export const shownMetricOf = (row: SweepRow) => {
  const known = metricName.safeParse(objectiveOfRow(row).terms[0]?.metric)
  return known.success ? known.data : 'sharpe'
}
