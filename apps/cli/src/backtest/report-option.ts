import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  backtestDetail,
  backtestPeriods,
  type BacktestInput,
  type BacktestReport,
  type BacktestResult,
  ENGINE_REVISION,
  portfolioDetail,
  portfolioPeriods,
} from '@botcriptofy/engine/backtest'
import { portfolioChecks, runChecks } from '@botcriptofy/engine/checks'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import { barLengthMs, type Candles } from '@botcriptofy/engine/market'
import { reportHistories } from '@botcriptofy/contracts/montecarlo'
import { quoteAsset, renderBacktestReport } from '@botcriptofy/report/backtest'
import { durationText } from '@botcriptofy/report/metric-text'
import { renderPortfolioReport } from '@botcriptofy/report/portfolio'
import { writeWhole } from '../files/write.ts'
import type { CandleSource } from './candle-sources.ts'
import type { PortfolioRun } from './portfolio-run.ts'

export interface ReportedRun {
  readonly candlePath: string
  readonly detailPath: string | undefined
  readonly input: BacktestInput
  readonly result: BacktestResult
  readonly report: BacktestReport
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const timeframeOf = (barMs: number | undefined): string => (barMs === undefined ? '' : durationText(barMs))

const detailOf = async (path: string | undefined, candles: Candles | undefined) =>
  path === undefined || candles === undefined
    ? undefined
    : { timeframe: timeframeOf(barLengthMs(candles)), digest: (await datasetOf(path)).digest }

const datasetOf = async (path: string) => ({
  digest: `${sha256(await readFile(path))} (of the file)`,
  simulated: false,
  seed: null,
})

const writePage = (path: string, page: string): Promise<void> =>
  writeWhole({ path, option: '--report' }, (draft) => writeFile(draft, page))

/** Checks the rules as the platform does before a first backtest, and writes the tear sheet as one HTML file. */
export const writeReport = async (path: string, run: ReportedRun): Promise<void> => {
  const { candlePath, detailPath, input, result, report } = run
  const { program, series, config } = input
  const { candles, barMs } = series
  const { strategy } = program
  const { entryHours } = backtestPeriods({ input, result, trades: report.trades })
  const page = renderBacktestReport({
    strategy,
    strategySha256: sha256(canonicalJson(strategy)),
    market: {
      venue: 'candle file',
      symbol: basename(candlePath),
      timeframe: timeframeOf(barMs),
    },
    dataset: {
      ...(await datasetOf(candlePath)),
      detail: await detailOf(detailPath, input.detail),
    },
    engineRevision: ENGINE_REVISION,
    config,
    candles,
    equity: result.equity,
    result: report,
    detail: backtestDetail({ input, result }),
    entryHours,
    checks: runChecks({ program, candles, config, barMs }),
    histories: reportHistories({ time: candles.time, equity: result.equity, config }),
  })
  await writePage(path, page)
}

/** The same for a portfolio; `sources` are the files of its members, in their order. */
export const writePortfolioReport = async (
  path: string,
  sources: readonly CandleSource[],
  { input, result, report }: PortfolioRun,
): Promise<void> => {
  const { program, config, members } = input
  const { strategy } = program
  const datasets = await Promise.all(sources.map((source) => datasetOf(source.path)))
  const page = renderPortfolioReport({
    strategy,
    strategySha256: sha256(canonicalJson(strategy)),
    engineRevision: ENGINE_REVISION,
    config,
    time: result.time,
    equity: result.equity,
    result: report,
    detail: portfolioDetail({ input, result }),
    entryHours: portfolioPeriods({ result, config, trades: report.trades }).entryHours,
    quote: quoteAsset(members[0]?.symbol ?? ''),
    members: members.map(({ symbol, series: { candles, barMs } }, place) => ({
      market: { venue: 'candle files', symbol, timeframe: timeframeOf(barMs) },
      dataset: datasets[place]!,
      candles,
    })),
    histories: reportHistories({ ...result, config }),
    datasetDigest: `${sha256(canonicalJson(datasets))} (of the files)`,
    checks: portfolioChecks(input),
  })
  await writePage(path, page)
}
