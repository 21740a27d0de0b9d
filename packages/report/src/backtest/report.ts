import { pagePolicy, renderPage } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'
import type { ScriptName } from '../page/assets.ts'
import { bandSection, recommendationSection } from './band.ts'
import { chartData } from './chart-data.ts'
import type { BacktestReportData } from './data.ts'
import { drawdownTable } from './drawdown-table.ts'
import { exitTable } from './exit-table.ts'
import { header } from './header.ts'
import { keyMetrics } from './key-metrics.ts'
import { metricTables } from './metric-tables.ts'
import { monthlyTable } from './monthly-table.ts'
import { reproducibility } from './reproducibility.ts'
import { tradesTable } from './trades-table.ts'

const SCRIPTS: readonly ScriptName[] = ['uplot', 'lightweight-charts', 'charts', 'table']

/** The value of a Content-Security-Policy header under which a report works. */
export const backtestReportPolicy = (): string => pagePolicy(SCRIPTS)

const charts = (barsPerBar: number): Html => {
  const merged = barsPerBar > 1 ? html` <small>each candle stands for about ${barsPerBar} bars</small>` : null
  return html`<section class="card" id="equity">
      <h2>
        Equity and drawdown
        <button type="button" class="switch" id="log-scale" aria-pressed="false">log scale</button>
      </h2>
      <div class="chart" id="equity-chart"></div>
      <div class="chart" id="drawdown-chart"></div>
      <p class="hint">Drag to zoom, double-click for the whole period. Times are UTC.</p>
    </section>
    <section class="card" id="market">
      <h2>
        Price, entries and exits${merged}
        <button type="button" class="switch" id="show-all">whole period</button>
      </h2>
      <div class="chart tall" id="price-chart"></div>
      <p class="legend">
        <span class="entry">▲ ▼ entry long, short</span><span class="gain">● exit with a profit</span
        ><span class="loss">● exit with a loss</span><span>zoom in where there are too many to show</span>
      </p>
    </section>
    <noscript><p class="warning">The charts need JavaScript; the tables do not.</p></noscript>`
}

/** A tear sheet as one HTML text that works without any network. Equal data give an equal text. */
export const renderBacktestReport = (data: BacktestReportData): string => {
  const drawn = chartData(data)
  const { strategy, market, dataset } = data
  const body = html`${header(data)}
    <main>
      ${keyMetrics(data)} ${recommendationSection(data)} ${charts(drawn.barsPerBar)} ${monthlyTable(data)}
      <div class="pair">${[drawdownTable(data), exitTable(data)].filter((part) => part !== null)}</div>
      ${bandSection(data)} ${metricTables(data)} ${tradesTable(data)} ${reproducibility(data)}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const title = `${strategy.name} · ${market.symbol} ${market.timeframe}${dataset.simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: drawn, scripts: SCRIPTS })
}
