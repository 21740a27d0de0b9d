import { pagePolicy, renderPage } from '../page/document.ts'
import { html } from '../page/html.ts'
import type { ScriptName } from '../page/assets.ts'
import { bandSection, recommendationSection } from './band.ts'
import { chartData } from './chart-data.ts'
import { equityCharts, excursionCharts, priceChart } from './charts.ts'
import { checksSection } from './checks.ts'
import type { BacktestReportData } from './data.ts'
import { drawdownTable } from './drawdown-table.ts'
import { exitTable } from './exit-table.ts'
import { header } from './header.ts'
import { hoursTable } from './hours-table.ts'
import { keyMetrics } from './key-metrics.ts'
import { metricTables } from './metric-tables.ts'
import { monthlyTable } from './monthly-table.ts'
import { reproducibility } from './reproducibility.ts'
import { tradesTable } from './trades-table.ts'

const SCRIPTS: readonly ScriptName[] = [
  'uplot',
  'lightweight-charts',
  'decode',
  'page',
  'curves',
  'price',
  'scatter',
  'trades',
  'table',
]

/** The value of a Content-Security-Policy header under which a report works. */
export const backtestReportPolicy = (): string => pagePolicy(SCRIPTS)

/** A tear sheet as one HTML text that works without any network. Equal data give an equal text. */
export const renderBacktestReport = (data: BacktestReportData): string => {
  const { strategy, market, dataset } = data
  const body = html`${header(data)}
    <main>
      <noscript><p class="warning">The charts need JavaScript; the tables do not.</p></noscript>
      ${keyMetrics(data)}
      <div class="pair">
        ${[recommendationSection(data), bandSection(data)].filter((part) => part !== null)}
      </div>
      ${checksSection(data)} ${equityCharts(data)} ${priceChart()} ${excursionCharts(data)}
      ${monthlyTable(data)} ${hoursTable(data)}
      <div class="pair">${[drawdownTable(data), exitTable(data)].filter((part) => part !== null)}</div>
      ${metricTables(data)} ${tradesTable(data)} ${reproducibility(data)}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const title = `${strategy.name} · ${market.symbol} ${market.timeframe}${dataset.simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: chartData(data), scripts: SCRIPTS })
}
