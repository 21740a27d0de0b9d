import { percentText } from '../metric-text/number-text.ts'
import { heatCell, strongestOf } from '../page/heat-cell.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'
import { monthlyReturns } from './equity-history.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const cell = (value: number | null, strongest: number): Html =>
  value === null ? html`<td></td>` : heatCell({ value, text: percentText(value), strongest })

export const monthlyTable = ({
  time,
  equity,
  config,
}: Pick<AccountReportData, 'time' | 'equity' | 'config'>): Html => {
  const years = monthlyReturns({ time, equity, initialCapital: config.initialCapital })
  const strongest = strongestOf(years.flatMap(({ months }) => months))
  return html`<section class="card" id="months">
    <h2>Monthly returns</h2>
    <div class="scroll">
      <table class="months">
        <thead>
          <tr>
            <th scope="col">Year</th>
            ${MONTHS.map((name) => html`<th scope="col">${name}</th>`)}
            <th scope="col">Year</th>
          </tr>
        </thead>
        <tbody>
          ${years.map(
            ({ year, months, total }) =>
              html`<tr>
                <th scope="row">${year}</th>
                ${months.map((value) => cell(value, strongest))}
                <td class="total ${total < 0 ? 'loss' : 'gain'}">${percentText(total)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}
