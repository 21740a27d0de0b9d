import { durationText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { dayText } from '../page/time-text.ts'
import type { AccountReportData } from './data.ts'
import { deepestDrawdowns } from './equity-history.ts'

const SHOWN = 5

export const drawdownTable = ({ time, equity, config }: AccountReportData): Html | null => {
  const rows = { time, equity, initialCapital: config.initialCapital }
  const episodes = deepestDrawdowns(rows, SHOWN)
  if (episodes.length === 0) return null
  return html`<section class="card" id="drawdowns">
    <h2>Deepest drawdowns</h2>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Depth</th>
            <th scope="col">Peak</th>
            <th scope="col">Trough</th>
            <th scope="col">Recovered</th>
            <th scope="col">Lasted</th>
          </tr>
        </thead>
        <tbody>
          ${episodes.map(
            ({ depth, peakMs, troughMs, endMs, durationMs }) =>
              html`<tr>
                <td class="loss">${percentText(depth)}</td>
                <td>${dayText(peakMs)}</td>
                <td>${dayText(troughMs)}</td>
                <td>${endMs === null ? 'not yet' : dayText(endMs)}</td>
                <td>${durationText(durationMs)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}
