import type { FastifyPluginAsync } from 'fastify'
import type { RunChecks } from '@botcriptofy/engine/checks'
import type { PeriodicTables } from '@botcriptofy/engine/metrics'
import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import { idParams } from '@botcriptofy/contracts/http'
import { checkStrategy } from '@botcriptofy/contracts/strategy'
import {
  backtestReportPolicy,
  type BacktestReportData,
  renderBacktestReport,
} from '@botcriptofy/report/backtest'
import { unpackDetail, unpackEquity, unpackTrades } from '@botcriptofy/store/blob'
import { digestCandles, loadCandles } from '@botcriptofy/store/candles'
import type { OpenDatabase } from '@botcriptofy/store/database'
import { findRunSeries, findSingleRun, findSingleRunBlobs, type SweepRow } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ApiDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { HttpProblem, problemErrors } from '../problem.ts'
import { requireRun } from '../runs/run-routes.ts'
import { backtestViewOf } from './backtest-view.ts'

/** `/v1/backtests/{id}/report`: the tear sheet as one HTML page that loads nothing. */
export const backtestReportRoutes =
  ({ database }: ApiDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/backtests/:id/report',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'The report of a completed backtest (HTML)',
          produces: ['text/html'],
          params: idParams,
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const row = await requireRun(database.db, tenant, { kind: 'backtest', id: request.params.id })
        const page = renderBacktestReport(await reportDataOf(database, tenant, row))
        return reply
          .header('content-security-policy', backtestReportPolicy())
          .type('text/html; charset=utf-8')
          .send(page)
      },
    )
  }

const reportDataOf = async (
  database: OpenDatabase,
  tenant: TenantScope,
  row: SweepRow,
): Promise<BacktestReportData> => {
  const [run, blobs, candles, series] = await Promise.all([
    findSingleRun(database.db, tenant, row.id),
    findSingleRunBlobs(database.db, tenant, row.id),
    loadCandles(database, row.series_id, { fromMs: row.from_ms, toMs: row.to_ms }),
    findRunSeries(database.db, tenant, row.id),
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
  if (digestCandles(candles) !== row.dataset_digest) {
    throw new HttpProblem('DATASET_CHANGED', {
      detail: 'expected the candles of the run, they were imported anew since; submit the backtest again',
    })
  }
  return {
    strategy: strategyOf(row),
    strategySha256: row.strategy_sha256,
    market: { venue: row.venue, symbol: row.symbol, timeframe: row.timeframe },
    dataset: { digest: row.dataset_digest, simulated: row.is_simulated, seed: null },
    engineRevision: row.engine_revision,
    config: backtestConfigSchema.parse(view.config),
    candles,
    equity: unpackEquity(blobs.equity).equity,
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
    detail: unpackDetail(blobs.detail),
    entryHours: (blobs.periodic as PeriodicTables | null)?.entryHours ?? [],
    checks: blobs.checks as RunChecks | null,
  }
}

/** What was accepted once can be read; an engine that no longer takes it says so instead of drawing nonsense. */
const strategyOf = (row: SweepRow): BacktestReportData['strategy'] => {
  const checked = checkStrategy(row.strategy)
  if (checked.ok) return checked.value
  throw new HttpProblem('INVALID_STRATEGY', { errors: problemErrors(checked.error) })
}
