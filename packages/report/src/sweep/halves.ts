import type { HalvesPoints, SweepValidity } from '@botcriptofy/contracts/sweep'
import { countText, ratioText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { type MarkedPoint, scatterPicture } from '../page/scatter-picture.ts'
import type { SweepReportData } from './data.ts'
import { parameterName } from './parameter-name.ts'

type Halves = NonNullable<SweepValidity['halves']>
type HalfRun = NonNullable<Halves['best']>

/** Conventions of this report: below the first, places of one half tell next to nothing of those in the other. */
const [LITTLE, MUCH] = [0.3, 0.7]

const correlationWords = ({ rankCorrelation: value, compared, runs }: Halves): string => {
  if (value === null) return 'All runs did the same in one of the halves, so there are no ranks to compare.'
  const meaning =
    value < 0
      ? 'what did better in the first half did rather worse in the second'
      : value < LITTLE
        ? 'how well a run did in the first half says next to nothing of the second'
        : value < MUCH
          ? 'how well a run did in the first half says something of the second'
          : 'what did well in the first half did well in the second'
  const taken = compared < runs ? `${countText(compared)} of ${countText(runs)}` : countText(compared)
  return `The rank correlation over ${taken} runs is ${ratioText(value)}: ${meaning}.`
}

const chosenWords = ({ chosen, compared, days }: Halves): string =>
  chosen === null || days === null
    ? ''
    : ` Had you chosen after the first ${countText(days.first)} days, by the Sharpe ratio, the ${countText(days.second)} ` +
      `days behind them would have given ${ratioText(chosen.second.sharpe)} instead of ${ratioText(chosen.first.sharpe)}, ` +
      `which is place ${countText(chosen.second.place)} of ${countText(compared)}.`

const paramsText = (params: Readonly<Record<string, number>>): string =>
  Object.entries(params)
    .map(([path, value]) => `${parameterName(path)} ${value}`)
    .join(', ')

const runRow = (name: string, { ordinal, params, first, second }: HalfRun): Html =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>run ${ordinal}</td>
    <td>${ratioText(first.sharpe)}</td>
    <td>${countText(first.place)}</td>
    <td>${ratioText(second.sharpe)}</td>
    <td>${countText(second.place)}</td>
    <td>${paramsText(params)}</td>
  </tr>`

const runsTable = ({ best, chosen }: Halves): Html =>
  html`<div class="scroll">
    <table class="rows">
      <thead>
        <tr>
          ${['', 'Run', 'First half', 'Place', 'Second half', 'Place', 'Parameters'].map(
            (head) => html`<th scope="col">${head}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${best === null ? null : runRow('Best of all days', best)}
        ${chosen === null ? null : runRow('Best of the first half', chosen)}
      </tbody>
    </table>
  </div>`

const picture = ({ trials }: SweepReportData, { best, chosen }: Halves, points: HalvesPoints): Html => {
  const { ordinal, first, second } = points
  const rows = new Map(Array.from(trials.ordinal, (own, row) => [own, row]))
  const titleOf = (row: number): string => {
    const at = rows.get(ordinal[row]!) ?? -1
    const params = Object.fromEntries(trials.paths.map((path, axis) => [path, trials.params[axis]![at]!]))
    return `run ${ordinal[row]!}: ${paramsText(params)}; ${ratioText(first[row]!)}, then ${ratioText(second[row]!)}`
  }
  const isSame = best?.ordinal === chosen?.ordinal
  const mark = (run: HalfRun | null, name: string, look: MarkedPoint['look']): readonly MarkedPoint[] =>
    run === null ? [] : [{ row: ordinal.indexOf(run.ordinal), name, look }]
  return scatterPicture({
    label: 'Each run by its Sharpe ratio in the first half of the days and in the second',
    x: first,
    y: second,
    xName: 'Sharpe ratio in the first half',
    yName: 'Sharpe ratio in the second half',
    titleOf,
    marked: [
      ...mark(best, isSame ? 'best of all, and of the first half' : 'best of all', 'first'),
      ...(isSame ? [] : mark(chosen, 'best of the first half', 'second')),
    ],
  })
}

/** What the runs did early against what they did late; null where their days cannot be compared. */
export const halvesSection = (data: SweepReportData): Html | null => {
  const { halves } = data.validity
  if (halves === null || data.halves === null) return null
  return html`<section class="card" id="halves">
    <h2>First half against second <small>Sharpe ratios of a year, a dot is a run</small></h2>
    <p>${correlationWords(halves)}${chosenWords(halves)}</p>
    ${picture(data, halves, data.halves)} ${runsTable(halves)}
    <p class="hint">
      Dashed: as good in both halves. This is no test on unseen data: the sweep ranked its runs with sight of
      both halves, so the best of all stands high in both by choice. A walk-forward chooses without that
      sight, again and again.
    </p>
  </section>`
}
