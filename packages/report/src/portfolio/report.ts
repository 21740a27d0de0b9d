import { bandSection, recommendationSection } from '../backtest/band.ts'
import { allocationChart, equityCharts, excursionCharts, symbolPriceChart } from '../backtest/charts.ts'
import { badge, checksTable } from '../backtest/checks.ts'
import { drawdownTable } from '../backtest/drawdown-table.ts'
import { exitTable } from '../backtest/exit-table.ts'
import { header } from '../backtest/header.ts'
import { historiesSection } from '../backtest/histories.ts'
import { hoursTable } from '../backtest/hours-table.ts'
import { keyMetrics } from '../backtest/key-metrics.ts'
import { metricTables } from '../backtest/metric-tables.ts'
import { monthlyTable } from '../backtest/monthly-table.ts'
import { type Fact, reproducibility } from '../backtest/reproducibility.ts'
import { tradesTable } from '../backtest/trades-table.ts'
import type { ScriptName } from '../page/assets.ts'
import { pagePolicy, renderPage } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'
import { allocationOf } from './allocation.ts'
import { portfolioChartData } from './chart-data.ts'
import type { PortfolioReportData } from './data.ts'
import { refusalsSection } from './refusals.ts'
import { symbolsTable } from './symbols-table.ts'

const SCRIPTS: readonly ScriptName[] = [
  'uplot',
  'lightweight-charts',
  'decode',
  'page',
  'curves',
  'candles',
  'prices',
  'scatter',
  'trades',
  'table',
]

/** The value of a Content-Security-Policy header under which the report of a portfolio works. */
export const portfolioReportPolicy = (): string => pagePolicy(SCRIPTS)

const checksSection = ({ checks }: PortfolioReportData): Html | null =>
  checks === null
    ? null
    : html`<section class="card" id="checks">
        <h2>Checks ${badge(checks.verdict)} <small>of each symbol by itself</small></h2>
        ${checks.symbols.map(
          ({ symbol, checks: own }) =>
            html`<h3>${symbol} ${badge(own.verdict)}</h3>
              ${checksTable(own)}`,
        )}
      </section>`

const datasetFacts = ({ datasetDigest, members }: PortfolioReportData): readonly Fact[] => [
  ['digest of all datasets', datasetDigest],
  ...members.map(({ market: { venue, symbol, timeframe }, dataset }): Fact => [
    `dataset of ${venue} ${symbol} ${timeframe}${dataset.simulated ? ', simulated' : ''}`,
    dataset.digest,
  ]),
]

/** The names of a market's part, each once. */
const namesOf = (names: readonly string[]): string => [...new Set(names)].join(', ')

/** A portfolio as one HTML text that works without any network. Equal data give an equal text. */
export const renderPortfolioReport = (data: PortfolioReportData): string => {
  const { strategy, members } = data
  const allocation = allocationOf(data)
  const symbols = namesOf(members.map(({ market }) => market.symbol))
  const timeframe = namesOf(members.map(({ market }) => market.timeframe))
  const simulated = members.some(({ dataset }) => dataset.simulated)
  const heading = {
    kicker: 'Portfolio report',
    markets: [namesOf(members.map(({ market }) => market.venue)), symbols, timeframe],
    simulated,
  }
  const body = html`${header(data, heading)}
    <main>
      <noscript><p class="warning">The charts need JavaScript; the tables do not.</p></noscript>
      ${keyMetrics(data)}
      <div class="pair">
        ${[recommendationSection(data), bandSection(data)].filter((part) => part !== null)}
      </div>
      ${symbolsTable(data, allocation)} ${refusalsSection(data)} ${equityCharts(data, allocationChart())}
      ${checksSection(data)} ${symbolPriceChart(members.map(({ market }) => market.symbol))}
      ${excursionCharts(data)} ${monthlyTable(data)} ${hoursTable(data)}
      <div class="pair">${[drawdownTable(data), exitTable(data)].filter((part) => part !== null)}</div>
      ${historiesSection(data)} ${metricTables(data)} ${tradesTable(data)}
      ${reproducibility(data, datasetFacts(data))}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const title = `${strategy.name} · ${symbols} ${timeframe}${simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: portfolioChartData(data, allocation), scripts: SCRIPTS })
}
