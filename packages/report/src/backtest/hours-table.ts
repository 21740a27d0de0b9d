import { countText, percentText } from '../metric-text/number-text.ts'
import { heatCell, strongestOf } from '../page/heat-cell.ts'
import { type Html, html } from '../page/html.ts'
import type { AccountReportData } from './data.ts'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const HOUR_MS = 3_600_000

type Hour = AccountReportData['entryHours'][number]

/** One decimal is all that 24 columns have room for; the title of a cell has the rest. */
const shortPercent = (fraction: number): string => {
  const percent = fraction * 100
  const text = percent.toFixed(Math.abs(percent) >= 100 ? 0 : 1)
  return text === '-0.0' ? '0.0' : text
}

const titleOf = ({ trades, wins, meanReturn }: Hour): string =>
  `${countText(trades)} ${trades === 1 ? 'trade' : 'trades'}, ${percentText(wins / trades)} won, mean ${percentText(meanReturn)}`

/** What the trades made by the hour of the week of their entry. */
export const hoursTable = ({ entryHours, time, result }: AccountReportData): Html | null => {
  // Bars of a day or more all open at one hour.
  const barMs = result.bars > 1 ? (time[1] as number) - (time[0] as number) : 0
  if (entryHours.length === 0 || barMs > 12 * HOUR_MS) return null
  const strongest = strongestOf(entryHours.map(({ meanReturn }) => meanReturn))
  const byHour = new Map(entryHours.map((hour) => [hour.weekday * 24 + hour.hour, hour]))
  const cell = (found: Hour | undefined): Html =>
    found === undefined
      ? html`<td></td>`
      : heatCell({
          value: found.meanReturn,
          text: shortPercent(found.meanReturn),
          strongest,
          title: titleOf(found),
        })
  return html`<section class="card" id="hours">
    <h2>Trades by hour of entry <small>mean return in percent, times in UTC</small></h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Trades by hour of entry">
      <table class="hours">
        <thead>
          <tr>
            <th scope="col">Day</th>
            ${HOURS.map((hour) => html`<th scope="col">${String(hour).padStart(2, '0')}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${WEEKDAYS.map(
            (name, day) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${HOURS.map((hour) => cell(byHour.get((day + 1) * 24 + hour)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">A few trades in an hour tell little; hover over a cell for their number.</p>
  </section>`
}
