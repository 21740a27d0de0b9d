import { countText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { type RunColumn, shownObjective } from './columns.ts'
import type { SweepReportData } from './data.ts'

export const RUNS_LISTED = 1000

const cell = ({ values, text }: RunColumn, row: number): Html => {
  const value = values[row]!
  return Number.isNaN(value)
    ? html`<td data-value="-Infinity">–</td>`
    : html`<td data-value="${String(value)}">${text(value)}</td>`
}

/** The best runs, to be sorted and filtered in the page. */
export const runsTable = (
  data: SweepReportData,
  columns: readonly RunColumn[],
  ranked: Uint32Array,
): Html => {
  const { trials, origin, id } = data
  const listed = [...ranked.subarray(0, RUNS_LISTED)]
  const rowOf = (row: number, place: number): Html => {
    const ordinal = String(trials.ordinal[row])
    return html`<tr data-ordinal="${ordinal}" tabindex="-1">
      <td data-value="${place + 1}">${place + 1}</td>
      ${columns.map((column) => cell(column, row))}
      <td data-value="${ordinal}"><a href="${origin}/v1/sweeps/${id}/runs/${ordinal}">run ${ordinal}</a></td>
    </tr>`
  }
  const heads = ['#', ...columns.map(({ label }) => label), 'Run']
  const filters = columns.map(
    ({ key, label }) =>
      html`<td>
        <input data-filter="${key}" type="text" placeholder="any" aria-label="Filter ${label}" />
      </td>`,
  )
  const bound =
    listed.length < ranked.length
      ? `Of ${countText(ranked.length)} runs the best ${countText(listed.length)} are listed.`
      : ''
  const broken = listed.filter((row) => trials.violation[row]! > 0).length
  const last = broken === 0 ? '' : `${countText(broken)} of them break a constraint and come last.`
  return html`<section class="card" id="runs">
    <h2>
      Runs <small>by ${shownObjective(data).label}, best first</small>
      <button type="button" class="switch" id="clear-filters" hidden>show all</button>
    </h2>
    <p class="hint">
      ${bound} ${last}
      <span class="screen-only"
        >Filter by a value (10), a bound (&gt;= 10) or a range (10..20); percentages as they are shown.</span
      >
      <span id="runs-shown" role="status"></span>
    </p>
    <div class="scroll tall" tabindex="0" role="region" aria-label="Runs">
      <table class="rows sortable">
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col"><button type="button">${head}</button></th>`)}
          </tr>
          <tr class="filters screen-only">
            <td></td>
            ${filters}
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${listed.map(rowOf)}
        </tbody>
      </table>
    </div>
  </section>`
}
