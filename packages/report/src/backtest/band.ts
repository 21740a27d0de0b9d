import { countText, moneyText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'

const detailText = (timeframe: string): string =>
  `Fills happened inside ${timeframe} candles, whose order is known: only what one of these leaves open is ambiguous, so the band is that of ${timeframe} candles and not of the bars.`

/** How much the unknown order of prices inside the bars matters. */
export const bandSection = ({ result, config, detailTimeframe: detail }: AccountReportData): Html => {
  const { worst, best, ambiguousBars } = result.band
  const { initialCapital } = config
  const returnOf = (equity: number): string => percentText(equity / initialCapital - 1)
  const share = result.bars === 0 ? 0 : ambiguousBars / result.bars
  const inside = detail === undefined ? 'bars' : `${detail} candles`
  const verdict =
    ambiguousBars === 0
      ? html`No bar leaves the order of its prices open: whichever way prices moved inside the ${inside}, the
        fills are the same.`
      : html`In ${countText(ambiguousBars)} of ${countText(result.bars)} bars (${percentText(share)}) a
          ${detail === undefined ? 'candle' : `${detail} candle`} alone does not tell which order was reached
          first. This report uses the path <code>${config.path}</code>.`
  return html`<section class="card" id="band">
    <h2>Fill ambiguity</h2>
    ${detail === undefined ? null : html`<p>${detailText(detail)}</p>`}
    <p>${verdict}</p>
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Path inside the ${inside}</th>
          <th scope="col">Final equity</th>
          <th scope="col">Return</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">worst</th>
          <td>${moneyText(worst)}</td>
          <td>${returnOf(worst)}</td>
        </tr>
        <tr class="chosen">
          <th scope="row">this report</th>
          <td>${moneyText(result.finalEquity)}</td>
          <td>${returnOf(result.finalEquity)}</td>
        </tr>
        <tr>
          <th scope="row">best</th>
          <td>${moneyText(best)}</td>
          <td>${returnOf(best)}</td>
        </tr>
      </tbody>
    </table>
  </section>`
}

/** The advice of the engine; a small sample has its own notice above. */
export const recommendationSection = ({ result }: AccountReportData): Html | null => {
  const shown = result.recommendations.filter(({ code }) => code !== 'LOW_SAMPLE')
  if (shown.length === 0) return null
  return html`<section class="card advice" id="advice">
    <h2>What to look at</h2>
    <ul>
      ${shown.map(({ code, text }) => html`<li>${text} <code>${code}</code></li>`)}
    </ul>
  </section>`
}
