import { type Html, html } from '../page/html.ts'
import type { RunColumn } from './columns.ts'
import type { SweepReportData } from './data.ts'

const pair = (name: string, value: Html | string): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`

const valueText = ({ values, text }: RunColumn, row: number): string => {
  const value = values[row]!
  return Number.isNaN(value) ? '–' : text(value)
}

/** Parameters and results of the run that ranks first. */
export const bestRun = ({ trials }: SweepReportData, columns: readonly RunColumn[], row: number): Html => {
  const [parameters, metrics] = [
    columns.filter(({ kind }) => kind === 'parameter'),
    columns.filter(({ kind }) => kind !== 'parameter'),
  ]
  return html`<section class="card" id="best">
    <h2>
      Best run
      <small
        >run
        ${String(trials.ordinal[row])}${trials.isLowSample[row] === 1 ? ', from a small sample' : ''}</small
      >
    </h2>
    <div class="columns two">
      <table class="pairs">
        <tbody>
          ${parameters.map((column) => pair(column.key, html`<code>${valueText(column, row)}</code>`))}
        </tbody>
      </table>
      <table class="pairs">
        <tbody>
          ${metrics.map((column) => pair(column.label, valueText(column, row)))}
        </tbody>
      </table>
    </div>
  </section>`
}
