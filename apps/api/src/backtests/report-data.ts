import type { PortfolioChecks, RunChecks } from '@botcriptofy/engine/checks'
import { type BacktestReportData, quoteAsset } from '@botcriptofy/report/backtest'
import type { PortfolioReportData, ReportedMember } from '@botcriptofy/report/portfolio'
import { unpackDetail, unpackPortfolioDetail } from '@botcriptofy/store/blob'
import type { OpenDatabase } from '@botcriptofy/store/database'
import type { RunSeries, SeriesOfRun, SweepRow } from '@botcriptofy/store/sweep'
import type { TenantScope } from '@botcriptofy/store/tenant'
import { ownSeries } from './backtest-view.ts'
import { loadPinned, requireFinished } from './finished-run.ts'

interface ReportRequest {
  readonly tenant: TenantScope
  readonly row: SweepRow
  readonly series: SeriesOfRun
}

const marketOf = ({ venue, symbol, timeframe }: RunSeries) => ({ venue, symbol, timeframe })

export const backtestReportData = async (
  database: OpenDatabase,
  request: ReportRequest,
): Promise<BacktestReportData> => {
  const own = ownSeries(request.row)
  const [{ account, detail, checks }, candles] = await Promise.all([
    requireFinished(database, request),
    loadPinned(database, own),
  ])
  return {
    ...account,
    market: marketOf(own),
    dataset: {
      digest: own.digest,
      simulated: own.isSimulated,
      seed: null,
      detail: request.series.detail ?? undefined,
    },
    candles,
    detail: unpackDetail(detail),
    checks: checks as RunChecks | null,
  }
}

export const portfolioReportData = async (
  database: OpenDatabase,
  request: ReportRequest,
  series: readonly RunSeries[],
): Promise<PortfolioReportData> => {
  const { account, time, detail, checks } = await requireFinished(database, request)
  const members: ReportedMember[] = []
  for (const member of series) {
    members.push({
      market: marketOf(member),
      dataset: { digest: member.digest, simulated: member.isSimulated, seed: null },
      candles: await loadPinned(database, member),
    })
  }
  return {
    ...account,
    time,
    quote: quoteAsset(request.row.symbol),
    members,
    datasetDigest: request.row.dataset_digest,
    detail: unpackPortfolioDetail(detail),
    checks: checks as PortfolioChecks | null,
  }
}
