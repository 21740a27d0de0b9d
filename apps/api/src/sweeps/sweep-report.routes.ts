import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'
import { backtestConfigSchema } from '@botcriptofy/contracts/backtest'
import { idParams } from '@botcriptofy/contracts/http'
import type { SweepView } from '@botcriptofy/contracts/sweep'
import { quoteAsset } from '@botcriptofy/report/backtest'
import { reportedMetrics, sweepReportPolicy } from '@botcriptofy/report/sweep'
import type { Db } from '@botcriptofy/store/database'
import {
  findBestOrdinal,
  findRounds,
  findRun,
  isReducing,
  objectiveOfRow,
  type SweepRow,
} from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import type { ReportingDeps } from '../deps.ts'
import { callerOf } from '../plugins/auth.ts'
import { withZod } from '../plugins/zod.ts'
import { publicOrigin } from '../reports/origin.ts'
import type { SweepTask } from '../reports/report.thread.ts'
import { findJudgedSweep, refuseUnended } from './judged-sweep.ts'
import { requireSweep } from './require-sweep.ts'
import { shownMetricOf, sweepRunViewOf, sweepViewOf } from './sweep-view.ts'

/** `/v1/sweeps/{id}/report`: the finished runs of a sweep as one HTML page that loads nothing. */
export const sweepReportRoutes =
  ({ database: { db }, config, reports }: ReportingDeps): FastifyPluginAsync =>
  async (scope) => {
    withZod(scope).get(
      '/sweeps/:id/report',
      {
        config: { access: ['backtests:read'] },
        schema: {
          summary: 'The report of a sweep that has ended (HTML)',
          produces: ['text/html'],
          params: idParams,
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const { sweep, grids } = await requireSweep(db, tenant, request.params.id)
        refuseUnended(sweep)
        await untilReduced(db, tenant, sweep.id)
        const rounds = await findRounds(db, tenant, sweep.id)
        const origin = publicOrigin(config, request)
        const page = await reports.render(async () => ({
          kind: 'sweep',
          data: {
            ...reportHeadOf(sweepViewOf(sweep, { grids, rounds })),
            origin,
            ...(await findRuns(db, tenant, sweep)),
          },
        }))
        return reply
          .header('content-security-policy', sweepReportPolicy())
          .type('text/html; charset=utf-8')
          .send(page)
      },
    )
  }

/** The trades of the best run follow its sweep after moments, unless the workers have much else to do. */
const REDUCTION_LIMIT_MS = 3000
const LOOK_MS = 100

const untilReduced = async (db: Db, tenant: TenantScope, sweepId: string): Promise<void> => {
  const startedMs = performance.now()
  while ((await isReducing(db, tenant, sweepId)) && performance.now() - startedMs < REDUCTION_LIMIT_MS) {
    await pause(LOOK_MS)
  }
}

const reportHeadOf = (sweep: SweepView) => ({
  id: sweep.id,
  strategyName: sweep.strategyName,
  strategySha256: sweep.strategySha256,
  market: { venue: sweep.venue, symbol: sweep.symbol, timeframe: sweep.timeframe },
  dataset: { digest: sweep.datasetDigest, simulated: sweep.isSimulated, seed: null },
  range: { fromMs: sweep.fromMs, toMs: sweep.toMs, bars: sweep.bars },
  engineRevision: sweep.engineRevision,
  parameters: Object.keys(sweep.parameters).map((path) => ({ path, values: valuesOf(sweep, path) })),
  notRun: sweep.progress.total - sweep.progress.done,
})

/** What the parameter takes in any of the sweep's grids, ascending. */
const valuesOf = ({ parameters, extensions }: SweepView, path: string): number[] => {
  const values = [parameters, ...extensions.map((grid) => grid.parameters)].flatMap(
    (grid) => grid[path] ?? [],
  )
  return [...new Set(values)].toSorted((a, b) => a - b)
}

const findRuns = async (
  db: Db,
  tenant: TenantScope,
  sweep: SweepRow,
): Promise<Pick<SweepTask, 'objective' | 'score' | 'judged' | 'best'>> => {
  const objective = shownMetricOf(sweep)
  const judged = await findJudgedSweep(db, tenant, { sweep, metrics: reportedMetrics(objective) })
  return { objective, score: scoreWords(sweep), judged, best: await findBest(db, tenant, sweep) }
}

/** In words what ranks the runs, where it is not one metric, higher first. */
const scoreWords = (sweep: SweepRow): string | null => {
  const [first, ...more] = objectiveOfRow(sweep).terms
  const isMetric = more.length === 0 && first?.direction === 'maximize' && first.weight === 1
  return isMetric ? null : sweep.objective
}

/** Of the run that ranks first; null where trades and equity were not kept. */
const findBest = async (db: Db, tenant: TenantScope, sweep: SweepRow): Promise<SweepTask['best']> => {
  const ordinal = await findBestOrdinal(db, tenant, sweep.id)
  if (ordinal === undefined) return null
  const row = await findRun(db, tenant, { sweepId: sweep.id, ordinal })
  if (!row?.trades || !row.equity || row.engine === null || row.bars === null) return null
  const { metrics, lowSample, finalEquity, band, tradesSha256 } = sweepRunViewOf(row)
  if (metrics === null || lowSample === null || finalEquity === null || band === null) return null
  return {
    config: backtestConfigSchema.parse(sweep.config),
    quote: quoteAsset(sweep.symbol),
    blobs: { trades: row.trades, equity: row.equity },
    result: {
      engine: row.engine,
      tradesSha256: tradesSha256 ?? '',
      bars: row.bars,
      lowSample,
      finalEquity,
      band,
      metrics,
      metricReasons: row.metric_reasons ?? {},
      recommendations: [],
    },
  }
}
