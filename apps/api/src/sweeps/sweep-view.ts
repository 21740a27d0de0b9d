import { metricName, sweepRunView, type SweepView, sweepView } from '@botcriptofy/contracts/sweep'
import type { Axis, Grid } from '@botcriptofy/engine/sweep'
import type { listRuns, SweepRow } from '@botcriptofy/store/sweep'
import { runErrorOf, runViewOf } from '../runs/run-view.ts'

export const sweepSummaryOf = (row: SweepRow) => ({
  ...runViewOf(row),
  objective: row.objective,
  combinations: row.total,
  computed: row.computed,
  failed: row.failed,
})

/** `grids` are the sweep's own and those that were appended. */
export const sweepViewOf = (row: SweepRow, [own, ...appended]: readonly Grid[]): SweepView =>
  sweepView.parse({
    ...sweepSummaryOf(row),
    strategy: row.strategy,
    config: row.config,
    parameters: parametersOf(own?.axes ?? []),
    extensions: appended.map(({ firstOrdinal, axes }) => ({ firstOrdinal, parameters: parametersOf(axes) })),
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
    lowSample: row.low_sample,
    finalEquity: row.final_equity,
    band: row.band,
    tradesSha256: row.trades_sha256,
  })

/** Accepted sweeps hold a metric of this version; one of another version ranks by Sharpe. */
export const objectiveOf = ({ objective }: { readonly objective: string }) => {
  const known = metricName.safeParse(objective)
  return known.success ? known.data : 'sharpe'
}
