import { countText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { TRADES_DRAWN } from './chart-data.ts'
import type { AccountReportData } from './data.ts'

/** A canvas is a picture to those who do not see it; the tables of the page have its numbers. */
const chart = (id: string, label: string): Html =>
  html`<div class="chart" id="${id}" role="img" aria-label="${label}"></div>`

const sharpeChart = ({ detail }: AccountReportData): Html => {
  const { windowDays, values } = detail.sharpe
  const title = html`<h3>Rolling Sharpe ratio <small>of the last ${windowDays} days, annualised</small></h3>`
  if (values.length < 2) {
    return html`${title}
      <p class="empty">The run is shorter than two windows of ${windowDays} days.</p>`
  }
  return html`${title} ${chart('sharpe-chart', `Sharpe ratio of the last ${windowDays} days, day by day`)}`
}

/** `exposure` says what is held over time. */
export const equityCharts = (data: AccountReportData, exposure: Html): Html => {
  const { band } = data.detail
  const shaded =
    band === null ? null : html` The shaded band lies between the worst and the best path inside the bars.`
  return html`<section class="card" id="equity">
    <h2>
      Equity <small>in quote units, at the closes</small>
      <button type="button" class="switch" id="log-scale" aria-pressed="false">log scale</button>
    </h2>
    ${chart('equity-chart', 'Equity of the strategy and of buying and holding')}
    <h3>Drawdown <small>below the highest equity so far</small></h3>
    ${chart('drawdown-chart', 'Drawdown over time')} ${sharpeChart(data)} ${exposure}
    <p class="hint">Drag to zoom, double-click for the whole period. Times are UTC.${shaded}</p>
  </section>`
}

export const exposureChart = (): Html =>
  html`<h3>Exposure <small>mean value held, as a share of equity</small></h3>
    ${chart('exposure-chart', 'Exposure over time, long above and short below zero')}`

export const allocationChart = (): Html =>
  html`<h3>Allocation <small>mean value held of each symbol, long or short, as a share of equity</small></h3>
    ${chart('exposure-chart', 'Share of equity held of each symbol over time, one upon the other')}`

export const priceChart = (): Html =>
  html`<section class="card" id="market">
    <h2>
      Price and fills
      <span class="buttons">
        <button type="button" class="switch" id="trade-before">previous trade</button>
        <button type="button" class="switch" id="trade-after">next trade</button>
        <button type="button" class="switch" id="zoom-in" aria-label="zoom in">+</button>
        <button type="button" class="switch" id="zoom-out" aria-label="zoom out">−</button>
        <button type="button" class="switch" id="show-all">whole period</button>
      </span>
    </h2>
    ${chart('price-chart', 'Candles with entries and exits')}
    <p class="hint" id="price-caption" role="status"></p>
    <ul class="why" id="trade-why" role="status" hidden></ul>
    <p class="legend">
      <span class="entry">▲ ▼ entry long, short</span><span class="gain">● exit with a profit</span
      ><span class="loss">■ exit with a loss</span><span class="loss">╌ stop</span
      ><span class="gain">┈ target</span><span class="entry">╍ trailing stop</span
      ><span class="screen-only">drag to move, click and turn the wheel to zoom</span>
    </p>
  </section>`

/** Candles of one symbol after the other; `symbols` in the order in which the scripts have them. */
export const symbolPriceChart = (symbols: readonly string[]): Html =>
  html`<section class="card" id="market">
    <h2>
      Price and fills
      <span class="buttons">
        <select class="switch" id="price-symbol" aria-label="symbol">
          ${symbols.map((symbol, at) => html`<option value="${String(at)}">${symbol}</option>`)}
        </select>
        <button type="button" class="switch" id="show-all">whole period</button>
      </span>
    </h2>
    ${chart('price-chart', 'Candles of the chosen symbol with entries and exits')}
    <p class="hint" id="price-caption" role="status"></p>
    <p class="legend">
      <span class="entry">▲ ▼ entry long, short</span><span class="gain">● exit with a profit</span
      ><span class="loss">■ exit with a loss</span
      ><span class="screen-only">choose a trade in the table or among the excursions to see it here</span>
    </p>
  </section>`

const panel = (id: string, label: string): Html =>
  html`<div class="panel">
    <canvas id="${id}" tabindex="0" role="img" aria-label="${label}"></canvas>
    <p class="tip" role="status" hidden></p>
  </div>`

export const excursionCharts = ({ result }: AccountReportData): Html | null => {
  const count = result.trades.length
  if (count === 0) return null
  const hint = html`<span class="screen-only">choose a point to see the trade in the candles</span>`
  const more =
    count > TRADES_DRAWN
      ? html`The first ${countText(TRADES_DRAWN)} of ${countText(count)} trades are drawn.`
      : null
  return html`<section class="card" id="excursions">
    <h2>
      Excursions of the trades <small>return after costs over the worst and the best point while open</small>
    </h2>
    <div class="panels">
      ${panel('mae-chart', 'Return of each trade over its adverse excursion; arrow keys step through, Enter shows it')}
      ${panel(
        'mfe-chart',
        'Return of each trade over its favourable excursion; arrow keys step through, Enter shows it',
      )}
    </div>
    <p class="legend">
      <span class="gain">● winner</span><span class="loss">✕ loser</span
      ><span>dashed: exits at the worst and at the best point</span>${hint}<span>${more}</span>
    </p>
  </section>`
}
