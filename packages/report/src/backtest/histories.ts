import type { MonteCarloResult, Percentiles } from '@botcriptofy/engine/validity'
import { countText, moneyText, percentText } from '../metric-text/number-text.ts'
import { curvePicture } from '../page/curve-picture.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'

const KEYS = ['p5', 'p25', 'p50', 'p75', 'p95'] as const satisfies readonly (keyof Percentiles)[]

const row = (name: string, seen: string, cell: (key: (typeof KEYS)[number]) => string): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${seen}</td>
    ${KEYS.map((key) => html`<td>${cell(key)}</td>`)}
  </tr>`

const table = ({ observed, finalEquity, maxDrawdown }: MonteCarloResult, startEquity: number): Html =>
  html`<div class="scroll">
    <table class="rows">
      <thead>
        <tr>
          <th scope="col"></th>
          ${['as it was', '5%', '25%', '50%', '75%', '95%'].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${[
          row('Final equity', moneyText(observed.finalEquity), (key) => moneyText(finalEquity[key])),
          row('Return', percentText(observed.finalEquity / startEquity - 1), (key) =>
            percentText(finalEquity[key] / startEquity - 1),
          ),
          row('Deepest drawdown', percentText(observed.maxDrawdown), (key) => percentText(maxDrawdown[key])),
        ]}
      </tbody>
    </table>
  </div>`

/** How the same days could have come otherwise; null where the run is too short for it. */
export const historiesSection = ({ histories, config, result }: AccountReportData): Html | null => {
  if (histories === undefined || histories === null) return null
  const { band, runs, steps, probabilityOfLoss, deeperThanObserved } = histories
  const fell = result.metrics.maxDrawdown
  const own =
    fell === null
      ? ''
      : ` Drawdowns here are those at the ends of days; bar by bar this backtest fell by ${percentText(-fell)}.`
  return html`<section class="card" id="histories">
    <h2>
      Other histories
      <small>${countText(runs)} made of blocks of these ${countText(steps)} days, seed 1</small>
    </h2>
    ${curvePicture({
      label: 'Percentiles of equity over the days: 5 to 95, 25 to 75, and the median',
      places: band.steps,
      layers: [
        { look: 'outer', values: band.p95, low: band.p5 },
        { look: 'inner', values: band.p75, low: band.p25 },
        { look: 'main', values: band.p50 },
      ],
      placeText: (day) => `day ${countText(day)}`,
      valueText: moneyText,
    })}
    ${table(histories, config.initialCapital)}
    <p class="hint">
      Wide band: nine of ten histories. Narrow band: half of them. Line: the median. Of the histories
      ${percentText(probabilityOfLoss)} end with a loss, and ${percentText(deeperThanObserved)} fall deeper
      than these days did.${own} Drawn days can only be days that were seen.
    </p>
  </section>`
}
