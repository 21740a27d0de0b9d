import { z } from 'zod'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import type { Axis } from '@botcriptofy/engine/sweep'
import { type JudgedColumns, MAX_COMPARED_RUNS, type TrialColumns } from '@botcriptofy/contracts/sweep'
import { findLastBarMs } from '@botcriptofy/store/candles'
import type { Db } from '@botcriptofy/store/database'
import {
  findBestOrdinal,
  findBlocks,
  findRun,
  listBlocks,
  readTrials,
  type SweepRow,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem } from '../problem.ts'
import { sweepRunViewOf } from './sweep-view.ts'

export const refuseUnended = ({ finished_at, status }: SweepRow): void => {
  if (finished_at !== null) return
  throw new HttpProblem('ILLEGAL_TRANSITION', { detail: `expected a sweep that has ended, was ${status}` })
}

/** The part of the JSON column that counts here; it was validated when the sweep was accepted. */
const judgedConfig = z.object({ periodsPerYear: z.number(), rows: z.number().nullable() })

/** All that a sweep is judged by; its trials with these metrics and the Sharpe ratio. */
export const findJudgedSweep = async (
  db: Db,
  tenant: TenantScope,
  { sweep, metrics = [] }: { readonly sweep: SweepRow; readonly metrics?: readonly MetricKey[] },
): Promise<JudgedColumns> => {
  const { periodsPerYear, rows } = judgedConfig.parse(sweep.config)
  const { id, total } = sweep
  const paths = (sweep.axes as readonly Axis[]).map(([path]) => path)
  const keys = [...new Set<MetricKey>(['sharpe', ...metrics])]
  const trials = await readTrials(db, tenant, { sweepId: id, total, paths, metrics: keys })
  const range = { fromMs: sweep.from_ms, toMs: sweep.to_ms, rows }
  const lastBarMs = await findLastBarMs(db, sweep.series_id, range)
  return {
    id,
    objective: sweep.objective,
    failed: sweep.failed,
    periodsPerYear,
    trials,
    sharpest: await findSharpest(db, tenant, { id, trials }),
    compared: {
      ...(await listBlocks(db, tenant, { sweepId: id, limit: MAX_COMPARED_RUNS })),
      best: await findBestBlocks(db, tenant, id),
    },
    lastBarMs: lastBarMs ?? null,
  }
}

const findBestBlocks = async (db: Db, tenant: TenantScope, sweepId: string) => {
  const ordinal = await findBestOrdinal(db, tenant, sweepId)
  if (ordinal === undefined) return null
  const blocks = await findBlocks(db, tenant, { sweepId, ordinal })
  return blocks === undefined ? null : { ordinal, blocks }
}

/** The row with the highest Sharpe ratio over all bars, the first of equals; undefined where none has one. */
const sharpestRow = ({
  metrics: { sharpe = new Float64Array() },
  share,
}: TrialColumns): number | undefined => {
  let highest: number | undefined
  for (const [row, value] of sharpe.entries()) {
    if (share[row] !== 1 || Number.isNaN(value)) continue
    if (highest === undefined || value > sharpe[highest]!) highest = row
  }
  return highest
}

const findSharpest = async (
  db: Db,
  tenant: TenantScope,
  { id, trials }: { readonly id: string; readonly trials: TrialColumns },
): Promise<JudgedColumns['sharpest']> => {
  const ordinal = trials.ordinal[sharpestRow(trials) ?? -1]
  if (ordinal === undefined) return null
  const row = await findRun(db, tenant, { sweepId: id, ordinal })
  if (row === undefined) return null
  const { params, metrics } = sweepRunViewOf(row)
  if (metrics === null || metrics.sharpe === null) return null
  // In the order of the sweep's parameters, which the stored JSON does not keep.
  const ordered = Object.fromEntries(trials.paths.map((path) => [path, params[path]!]))
  return { ordinal, params: ordered, metrics }
}
