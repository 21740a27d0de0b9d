import { METRIC_DESCRIPTIONS, METRIC_GROUPS } from '../metric-text/metric-description.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'
import { metricValue } from './key-metrics.ts'
import type { MetricKey } from '@botcriptofy/engine/metrics'

/** Every metric with its definition, those undefined with the reason. */
export const metricTables = ({ result, quote }: AccountReportData): Html => {
  const keys = Object.keys(METRIC_DESCRIPTIONS) as MetricKey[]
  const rowOf = (key: MetricKey): Html => {
    const { label, meaning, kind } = METRIC_DESCRIPTIONS[key]
    const unit =
      kind === 'money' && quote !== '' && result.metrics[key] !== null ? html` <small>${quote}</small>` : null
    return html`<tr>
      <th scope="row">${label}<small>${meaning}</small></th>
      <td>${metricValue(result, key)}${unit}</td>
    </tr>`
  }
  const groups = METRIC_GROUPS.map((group) => {
    const rows = keys.filter((key) => METRIC_DESCRIPTIONS[key].group === group).map(rowOf)
    return html`<table class="metrics">
      <caption>
        ${group}
      </caption>
      <tbody>
        ${rows}
      </tbody>
    </table>`
  })
  return html`<section class="card" id="metrics">
    <h2>All metrics</h2>
    <p class="hint">
      Ratios come from daily returns in UTC, annualised; money is marked to market and net of costs.
    </p>
    <div class="columns">${groups}</div>
  </section>`
}
