import { simulatedNotice, tools } from '../backtest/header.ts'
import { countText, percentText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { dayText } from '../page/time-text.ts'
import { shownObjective } from './columns.ts'
import type { SweepReportData } from './data.ts'
import { medianOf } from './ranking.ts'

const orDash = (value: number | null | undefined, text: (value: number) => string): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : text(value)

const countIf = (values: Iterable<number>, holds: (value: number) => boolean): number => {
  let count = 0
  for (const value of values) if (holds(value)) count++
  return count
}

export const header = (data: SweepReportData): Html => {
  const { strategyName, market, dataset, parameters, range } = data
  const facts = [
    market.venue,
    market.symbol,
    market.timeframe,
    `${dayText(range.fromMs)} → ${dayText(range.toMs - 1)} UTC`,
    `${countText(range.bars)} bars`,
    parameters.length === 1 ? 'one parameter' : `${countText(parameters.length)} parameters`,
    `ranked by ${data.score ?? shownObjective(data).label}`,
  ]
  return html`<header>
    ${tools()}
    <p class="kicker">Sweep report</p>
    <h1>${strategyName}</h1>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
    ${simulatedNotice(dataset.simulated)}
  </header>`
}

const tile = (name: string, value: string, note: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
    <dd class="note">${note}</dd>
  </div>`

const endedNote = ({ notRun }: SweepReportData, failed: number): string => {
  const notes = [
    failed === 0 ? '' : `${countText(failed)} failed`,
    notRun === 0 ? '' : `${countText(notRun)} not run`,
  ].filter((note) => note !== '')
  return notes.length === 0 ? 'none failed' : notes.join(', ')
}

export const summary = (data: SweepReportData, ranked: Uint32Array): Html => {
  const { trials } = data
  const { label, text } = shownObjective(data)
  const failed = countIf(trials.isFailed, (flag) => flag === 1)
  const gaining = countIf(ranked, (row) => (trials.metrics.totalReturn?.[row] ?? 0) > 0)
  const small = countIf(ranked, (row) => trials.isLowSample[row] === 1)
  const best = trials.objective[ranked[0] ?? -1]
  return html`<section class="key" aria-label="Summary">
    <p class="warning" role="note">
      <strong>The best of ${countText(ranked.length)} runs is partly luck.</strong> The more combinations are
      tried on one history, the better the best of them looks by chance. All numbers here are from the candles
      that chose the best run. Prefer a broad region of good values to a single peak, and try it on data that
      this sweep has not seen.
    </p>
    <dl class="tiles">
      ${[
        tile('Runs', countText(ranked.length), endedNote(data, failed)),
        tile(`Best ${label}`, orDash(best, text), 'see below'),
        tile(
          `Median ${label}`,
          orDash(medianOf(Float64Array.from(ranked, (row) => trials.objective[row]!)), text),
          'of all runs',
        ),
        tile(
          'With a profit',
          ranked.length === 0 ? '–' : percentText(gaining / ranked.length),
          small === 0 ? 'samples large enough' : `${countText(small)} with a small sample`,
        ),
      ]}
    </dl>
  </section>`
}
