import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import { checkStrategy } from '@botcriptofy/contracts/strategy'
import type { PeriodicTables } from '@botcriptofy/engine/metrics'
import { unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { digestCandles, loadCandles } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
import {
  findSingleRun,
  findSingleRunBlobs,
  type PinnedDataset,
  type SeriesOfRun,
  type SweepRow,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { HttpProblem, problemErrors } from '../problem.ts'
import { backtestViewOf } from './backtest-view.ts'

interface RunRef {
  readonly tenant: TenantScope
  readonly row: SweepRow
  readonly series: SeriesOfRun
}

/** What every report needs of a completed backtest; one that has not completed is refused. */
export const requireFinished = async ({ db }: OpenDatabase, { tenant, row, series }: RunRef) => {
  const [run, blobs] = await Promise.all([
    findSingleRun(db, tenant, row.id),
    findSingleRunBlobs(db, tenant, row.id),
  ])
  const { result, metrics, ...view } = backtestViewOf(row, series, run)
  if (result === null || metrics === null || !blobs?.trades || !blobs.equity) {
    throw new HttpProblem('ILLEGAL_TRANSITION', {
      detail: `expected a completed backtest, was ${row.status}`,
    })
  }
  if (!blobs.detail) {
    throw new HttpProblem('ILLEGAL_TRANSITION', {
      detail: 'expected a result with the curves of a report, was one of an earlier version; submit it again',
    })
  }
  const { time, equity } = unpackEquity(blobs.equity)
  return {
    account: {
      strategy: strategyOf(row),
      strategySha256: row.strategy_sha256,
      engineRevision: row.engine_revision,
      config: backtestConfigSchema.parse(view.config),
      equity,
      result: {
        engine: result.engine,
        tradesSha256: result.tradesSha256,
        bars: run?.bars ?? row.bars,
        lowSample: result.lowSample,
        trades: unpackTrades(blobs.trades),
        finalEquity: result.finalEquity,
        band: result.band,
        metrics,
        metricReasons: run?.metric_reasons ?? {},
        recommendations: result.recommendations,
      },
      entryHours: (blobs.periodic as PeriodicTables | null)?.entryHours ?? [],
    },
    time,
    detail: blobs.detail,
    checks: blobs.checks,
  }
}

/** The bars that were run, or a refusal where others are stored now. */
export const loadPinned = async (database: OpenDatabase, dataset: PinnedDataset) => {
  const candles = await loadCandles(database, dataset.seriesId, dataset)
  if (digestCandles(candles) === dataset.digest) return candles
  throw new HttpProblem('DATASET_CHANGED', {
    detail: 'expected the candles of the run, they were imported anew since; submit the backtest again',
  })
}

/** What was accepted once can be read; an engine that no longer takes it says so instead of drawing nonsense. */
const strategyOf = (row: SweepRow) => {
  const checked = checkStrategy(row.strategy)
  if (checked.ok) return checked.value
  throw new HttpProblem('INVALID_STRATEGY', { errors: problemErrors(checked.error) })
}
