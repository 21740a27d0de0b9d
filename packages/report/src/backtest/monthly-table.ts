import { percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import type { BacktestReportData } from './data.ts'
import { monthlyReturns } from './equity-history.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Colour strength of a return: full at the strongest month shown. */
const cell = (value: number | null, strongest: number): Html => {
  if (value === null) return html`<td></td>`
  const heat = strongest === 0 ? 0 : Math.round((Math.abs(value) / strongest) * 70)
  return html`<td class="heat ${value < 0 ? 'loss' : 'gain'}" style="--heat:${heat}%">
    ${percentText(value)}
  </td>`
}

export const monthlyTable = ({ candles, equity, config }: BacktestReportData): Html => {
  const years = monthlyReturns({ time: candles.time, equity, initialCapital: config.initialCapital })
  const sizes = years.flatMap(({ months }) => months.map((value) => Math.abs(value ?? 0)))
  const strongest = Math.max(0, ...sizes)
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
