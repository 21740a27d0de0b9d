import {
  type Axis,
  combinationCount,
  isInRounds,
  mostRuns,
  type Objective,
  planRound,
  runsAllowed,
  type Search,
  type SearchBudget,
} from '@botcriptofy/engine/sweep'
import { type Db, newId } from '../database/index.ts'
import { insertEvent } from '../event/index.ts'
import { insertJobs } from '../outbox/index.ts'
import type { TenantScope } from '../tenant/index.ts'
import { appendBacklog } from './backlog.ts'
import { roundChunkRuns } from './chunk-size.ts'
import { takeExpress } from './express.ts'
import type { PinnedDataset } from './pinned-dataset.ts'
import { appendRound, sizeOfRound } from './rounds.ts'
import { insertRunSeries } from './run-series.ts'

/** A sweep, or a single backtest (a sweep of one), with everything pinned that decides its numbers. */
export interface NewSweep {
  readonly kind: 'backtest' | 'sweep'
  readonly strategySha256: string
  readonly axes: readonly Axis[]
  readonly config: object
  /** The metric that ranks the runs, higher first; where `scoring` is given, the name of that. */
  readonly objective: string
  readonly scoring?: Objective | undefined
  /** How combinations are found; left out for all of the grid. */
  readonly search?: Search | undefined
  readonly budget?: SearchBudget | undefined
  /** Among the sweeps of its tenant the lowest goes first; 5 when it is left out. */
  readonly priority?: number | undefined
  readonly seriesId: string
  readonly fromMs: number
  readonly toMs: number
  readonly bars: number
  readonly datasetDigest: string
  readonly engineRevision: number
  /** The sha256 of the module of each custom indicator that is used, by type; absent or empty: all are built in. */
  readonly indicatorDigests?: Readonly<Record<string, string>>
  /** Of a portfolio, in the order of priority; the range, bars and digest above are then those of all together. */
  readonly members?: readonly PinnedDataset[] | undefined
  /** Finer candles that the fills of the one series happen in. */
  readonly detail?: PinnedDataset | undefined
  /** Of which it is the training or the test; such a run stands in no list. */
  readonly window?: { readonly walkforwardId: string; readonly place: number } | undefined
  /** The sweeps of other series that it was submitted with, and its place among them. */
  readonly group?: { readonly id: string; readonly place: number } | undefined
  /** Of the request (W3C Trace Context): the one chunk of a backtest goes on with its trace. */
  readonly traceparent?: string | undefined
}

/**
 * Writes the sweep, and of a single backtest the job; the caller's transaction makes them visible together. The chunks of
 * a sweep are handed out by the dispatcher, so that a sweep of any size is accepted with the same few rows.
 */
export const acceptSweep = async (
  tx: Db,
  scope: TenantScope,
  sweep: NewSweep,
): Promise<{ readonly id: string }> => {
  const id = newId()
  const { first, total, ...planned } = planSweep(sweep)
  await tx
    .insertInto('sweep')
    .values({
      tenant_id: scope.tenantId,
      id,
      kind: sweep.kind,
      strategy_sha256: sweep.strategySha256,
      axes: JSON.stringify(sweep.axes),
      config: JSON.stringify(sweep.config),
      objective: sweep.objective,
      series_id: sweep.seriesId,
      from_ms: sweep.fromMs,
      to_ms: sweep.toMs,
      bars: sweep.bars,
      dataset_digest: sweep.datasetDigest,
      engine_revision: sweep.engineRevision,
      status: 'queued',
      total,
      remaining: total,
      chunk: JSON.stringify(chunkOf(sweep)),
      search: jsonOf(sweep.search),
      scoring: jsonOf(sweep.scoring),
      budget: jsonOf(sweep.budget),
      walkforward_id: sweep.window?.walkforwardId ?? null,
      walkforward_place: sweep.window?.place ?? null,
      group_id: sweep.group?.id ?? null,
      group_place: sweep.group?.place ?? null,
      ...planned,
      ...(sweep.priority === undefined ? {} : { priority: sweep.priority }),
    })
    .execute()
  await insertRunSeries(tx, scope, { sweepId: id, members: sweep.members, detail: sweep.detail })
  if (sweep.kind === 'backtest') await insertBacktest(tx, scope, { id, sweep })
  else if (first === undefined) await appendBacklog(tx, scope, { sweepId: id, from: 0, to: total })
  else {
    const { bars } = sweep
    const maxRuns =
      planned.next_round === null ? undefined : roundChunkRuns({ bars, computed: 0, computeMs: 0 }, total)
    await appendRound(tx, scope, { sweepId: id, firstOrdinal: 0, runs: total, planned: first, maxRuns })
  }
  await insertEvent(tx, scope, { type: `${sweep.kind}.queued`, subjectId: id, data: { total } })
  return { id }
}

/** What is known of a sweep's runs when it is accepted: all of a grid, of a search those of the first round. */
const planSweep = ({ axes, search, budget = {} }: NewSweep) => {
  const first = search && planRound(axes, search, { round: 0, results: [] })
  const wanted = first === undefined ? combinationCount(axes) : sizeOfRound(first)
  const most = search === undefined ? wanted : mostRuns(axes, search)
  const nothing = { runs: 0, seconds: 0 }
  const total = runsAllowed(budget, nothing, wanted)
  return {
    first,
    total,
    expected: runsAllowed(budget, nothing, most),
    next_round: search !== undefined && isInRounds(search) && total === wanted ? 1 : null,
    stopped_by: total < wanted ? ('budget' as const) : null,
  }
}

const jsonOf = (value: object | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value)

/** Left out where there are none, so that workers of the version before read the payload. */
const customOf = ({ indicatorDigests = {} }: NewSweep) =>
  Object.keys(indicatorDigests).length === 0 ? {} : { indicatorDigests }

/** Left out for one series: a worker of the version before, which would run the first series alone, refuses the word. */
const candlesOf = ({ members, detail }: NewSweep) => {
  if (members !== undefined) return { candles: 'portfolio' as const }
  return detail === undefined ? {} : { candles: 'detail' as const }
}

/** Left out for whole grids ranked by one metric, which any worker knows how to compute. */
const needsOf = ({ search, scoring }: NewSweep) => {
  const needs = [
    ...(search === undefined ? [] : ['search' as const]),
    ...(scoring === undefined ? [] : ['scoring' as const]),
  ]
  return needs.length === 0 ? {} : { needs }
}

/** What the payload of every chunk says besides its sweep and its range. */
const chunkOf = (sweep: NewSweep) => ({ ...customOf(sweep), ...candlesOf(sweep), ...needsOf(sweep) })

/**
 * A single backtest waits for nobody's sweep, its tenant's own included: its one chunk goes to the outbox at once, unless
 * the tenant has many of them there.
 */
const insertBacktest = async (
  tx: Db,
  scope: TenantScope,
  { id, sweep }: { readonly id: string; readonly sweep: NewSweep },
): Promise<void> => {
  const { engineRevision, traceparent, bars } = sweep
  if (!(await takeExpress(tx, scope, bars)))
    return appendBacklog(tx, scope, { sweepId: id, from: 0, to: 1, traceparent })
  const range = { sweepId: id, from: 0, to: 1, engineRevision }
  const payload = { v: 1 as const, tenantId: scope.tenantId, ...range, ...chunkOf(sweep) }
  return insertJobs(tx, scope, [{ name: 'sweep.chunk', payload, subjectId: id, traceparent }])
}
