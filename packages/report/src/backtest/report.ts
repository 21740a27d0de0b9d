import { pagePolicy, renderPage } from '../page/document.ts'
import { html } from '../page/html.ts'
import type { ScriptName } from '../page/assets.ts'
import { bandSection, recommendationSection } from './band.ts'
import { chartData } from './chart-data.ts'
import { equityCharts, excursionCharts, exposureChart, priceChart } from './charts.ts'
import { checksSection } from './checks.ts'
import { accountOf, type BacktestReportData } from './data.ts'
import { drawdownTable } from './drawdown-table.ts'
import { exitTable } from './exit-table.ts'
import { header } from './header.ts'
import { historiesSection } from './histories.ts'
import { hoursTable } from './hours-table.ts'
import { keyMetrics } from './key-metrics.ts'
import { metricTables } from './metric-tables.ts'
import { promoteSection } from './promote.ts'
import { monthlyTable } from './monthly-table.ts'
import { datasetFacts, reproducibility } from './reproducibility.ts'
import { tradesTable } from './trades-table.ts'

const SCRIPTS: readonly ScriptName[] = [
  'uplot',
  'lightweight-charts',
  'decode',
  'page',
  'curves',
  'reasons',
  'candles',
  'price',
  'scatter',
  'trades',
  'table',
  'promote',
]

/** The value of a Content-Security-Policy header under which a report works. */
export const backtestReportPolicy = (): string => pagePolicy(SCRIPTS)

/** A tear sheet as one HTML text that works without any network. Equal data give an equal text. */
export const renderBacktestReport = (data: BacktestReportData): string => {
  const { strategy, market, dataset } = data
  const account = accountOf(data)
  const heading = {
    kicker: 'Backtest report',
    markets: [market.venue, market.symbol, market.timeframe],
    simulated: dataset.simulated,
  }
  const body = html`${header(account, heading)}
    <main>
      <noscript><p class="warning">The charts need JavaScript; the tables do not.</p></noscript>
      ${keyMetrics(account)}
      <div class="pair">
        ${[recommendationSection(account), bandSection(account)].filter((part) => part !== null)}
      </div>
      ${checksSection(data)} ${equityCharts(account, exposureChart())} ${priceChart()}
      ${excursionCharts(account)} ${monthlyTable(account)} ${hoursTable(account)}
      <div class="pair">${[drawdownTable(account), exitTable(account)].filter((part) => part !== null)}</div>
      ${historiesSection(account)} ${promoteSection(data)} ${metricTables(account)} ${tradesTable(account)}
      ${reproducibility(account, datasetFacts(data))}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const title = `${strategy.name} · ${market.symbol} ${market.timeframe}${dataset.simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: chartData(data), scripts: SCRIPTS })
}
