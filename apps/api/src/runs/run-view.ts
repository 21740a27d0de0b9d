import type { SweepRow } from '@botcriptofy/store/sweep'
import { z } from 'zod'

/** The parts of the JSON columns that every view shows; they were validated when the run was accepted. */
const shownConfig = z.object({ feeRate: z.number(), slippageRate: z.number() })
const shownStrategy = z.object({ name: z.string() })

/** What a row of any of them tells. */
export type RunRow = Pick<
  SweepRow,
  | 'id'
  | 'status'
  | 'total'
  | 'remaining'
  | 'expected'
  | 'strategy'
  | 'strategy_sha256'
  | 'venue'
  | 'symbol'
  | 'timeframe'
  | 'is_simulated'
  | 'from_ms'
  | 'to_ms'
  | 'bars'
  | 'dataset_digest'
  | 'engine_revision'
  | 'config'
  | 'error_code'
  | 'error_detail'
  | 'created_at'
  | 'started_at'
  | 'finished_at'
>

/** What backtests, sweeps and walk-forwards show alike. */
export const runViewOf = (row: RunRow) => {
  const done = row.total - row.remaining
  // A search that goes on has planned a part of its runs only.
  const total = row.finished_at === null ? Math.max(row.total, row.expected ?? 0) : row.total
  return {
    id: row.id,
    status: row.status,
    progress: { done, total, fraction: done / total },
    strategyName: shownStrategy.parse(row.strategy).name,
    strategySha256: row.strategy_sha256,
    venue: row.venue,
    symbol: row.symbol,
    timeframe: row.timeframe,
    isSimulated: row.is_simulated,
    fromMs: row.from_ms,
    toMs: row.to_ms,
    bars: row.bars,
    datasetDigest: row.dataset_digest,
    engineRevision: row.engine_revision,
    fees: shownConfig.parse(row.config),
    error: runErrorOf(row),
    createdAtMs: row.created_at.getTime(),
    startedAtMs: row.started_at?.getTime() ?? null,
    finishedAtMs: row.finished_at?.getTime() ?? null,
  }
}

export const runErrorOf = (row: {
  readonly error_code: string | null
  readonly error_detail: string | null
}) => (row.error_code === null ? null : { code: row.error_code, detail: row.error_detail ?? '' })
