import type { BacktestReport } from '@botcriptofy/engine/backtest'
import type { MetricKey } from '@botcriptofy/engine/metrics'
import Table from 'cli-table3'
import pc from 'picocolors'

type Format = (value: number) => string

const percent: Format = (value) => `${(value * 100).toFixed(2)} %`
const plain: Format = (value) => value.toFixed(2)
const count: Format = (value) => String(value)
const days: Format = (ms) => `${(ms / 86_400_000).toFixed(1)} days`

/** The metrics people look at first; `--json` has all of them. */
const SHOWN: readonly (readonly [MetricKey, string, Format])[] = [
  ['totalReturn', 'Return', percent],
  ['buyAndHold', 'Buy and hold', percent],
  ['cagr', 'Return a year', percent],
  ['sharpe', 'Sharpe', plain],
  ['sortino', 'Sortino', plain],
  ['calmar', 'Calmar', plain],
  ['maxDrawdown', 'Deepest drawdown', percent],
  ['maxDrawdownDurationMs', 'Longest drawdown', days],
  ['exposureTime', 'Time in the market', percent],
  ['trades', 'Trades', count],
  ['winRate', 'Winning trades', percent],
  ['profitFactor', 'Profit factor', plain],
  ['expectancy', 'Mean profit a trade', plain],
  ['avgTradeDurationMs', 'Mean trade', days],
  ['fees', 'Fees', plain],
  ['slippageCost', 'Slippage', plain],
]

/** What the text needs of a result, computed here or fetched from the API. */
export type Summary = Pick<BacktestReport, 'bars' | 'lowSample' | 'finalEquity' | 'band' | 'metrics'> & {
  readonly metricReasons: Readonly<Partial<Record<MetricKey, string | undefined>>>
  readonly recommendations: readonly { readonly code: string; readonly text: string }[]
}

const metricRows = ({ metrics, metricReasons }: Summary): string[][] =>
  SHOWN.map(([key, label, format]) => {
    const value = metrics[key]
    return [label, value === null ? pc.dim(`– (${metricReasons[key] ?? 'undefined'})`) : format(value)]
  })

const equityRows = ({ bars, finalEquity, band, lowSample }: Summary, initialCapital: number) => [
  ['Bars', count(bars)],
  ['Equity', `${plain(initialCapital)} → ${plain(finalEquity)}`],
  [
    'Inside the bars',
    `${plain(band.worst)} … ${plain(band.best)} (${band.ambiguousBars} ${band.ambiguousBars === 1 ? 'bar' : 'bars'} could go either way)`,
  ],
  ['Sample', lowSample ? pc.yellow('low') : 'enough'],
]

/** A result for people: a table of the main figures, then what to think about. */
export const describeReport = (report: Summary, initialCapital: number): string => {
  const table = new Table({ style: { head: [], border: [] }, colAligns: ['left', 'right'] })
  table.push(...equityRows(report, initialCapital), ...metricRows(report))
  const advice = report.recommendations.map(({ code, text }) => `${pc.yellow(code)}: ${text}\n`)
  return `${table.toString()}\n${advice.join('')}`
}
