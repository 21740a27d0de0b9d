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
} from '@botcriptofy/engine/backtest'
import { runChecks } from '@botcriptofy/engine/checks'
import { canonicalJson } from '@botcriptofy/engine/kernel'
import { renderBacktestReport } from '@botcriptofy/report/backtest'
import { durationText } from '@botcriptofy/report/metric-text'
import { writeWhole } from '../files/write.ts'

export interface ReportedRun {
  readonly candlePath: string
  readonly input: BacktestInput
  readonly result: BacktestResult
  readonly report: BacktestReport
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Checks the rules as the platform does before a first backtest, and writes the tear sheet as one HTML file. */
export const writeReport = async (path: string, run: ReportedRun): Promise<void> => {
  const { candlePath, input, result, report } = run
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
      timeframe: barMs === undefined ? '' : durationText(barMs),
    },
    dataset: { digest: `${sha256(await readFile(candlePath))} (of the file)`, simulated: false, seed: null },
    engineRevision: ENGINE_REVISION,
    config,
    candles,
    equity: result.equity,
    result: report,
    detail: backtestDetail({ input, result }),
    entryHours,
    checks: runChecks({ program, candles, config, barMs }),
  })
  await writeWhole({ path, option: '--report' }, (draft) => writeFile(draft, page))
}
