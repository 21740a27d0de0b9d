import { countText } from '../metric-text/number-text.ts'
import { type Html, html } from '../page/html.ts'
import { shownObjective } from './columns.ts'
import type { SweepReportData } from './data.ts'
import { BINS_MAX, type HeatMaps, PARAMETERS_MAPPED } from './heat-maps.ts'
import type { RunLines } from './lines.ts'

const choice = (id: string, label: string, names: readonly string[]): Html =>
  html`<label
    >${label}
    <select id="${id}">
      ${names.map((name, place) => html`<option value="${place}">${name}</option>`)}
    </select></label
  >`

/** The objective over two parameters; `assets/heat-map.js` fills it. */
export const mapSection = (data: SweepReportData, { axes, maps }: HeatMaps): Html | null => {
  if (maps.length === 0) return null
  const { parameters } = data
  const { label } = shownObjective(data)
  const names = axes.map(({ name }) => name)
  const varying = parameters.filter(({ values }) => values.length > 1).length
  const pairs =
    axes.length < 2
      ? null
      : html`${choice('map-across', 'across', names)}${choice('map-down', 'down', names)}`
  const shared =
    axes.length > 2
      ? html`<label
          >cells show
          <select id="map-of">
            <option value="best">the best</option>
            <option value="median">the median</option>
          </select>
          over the other parameters</label
        >`
      : null
  const notes = [
    varying > PARAMETERS_MAPPED
      ? `The first ${PARAMETERS_MAPPED} of ${varying} parameters can be chosen.`
      : '',
    parameters.some(({ values }) => values.length > BINS_MAX)
      ? `A parameter with more than ${BINS_MAX} values is cut into ${BINS_MAX} steps.`
      : '',
  ]
  return html`<section class="card" id="map">
    <h2>${label} by parameter</h2>
    <p class="choices screen-only">${pairs}${shared}</p>
    <div class="panel">
      <div class="scroll" id="map-table"></div>
      <p class="tip" id="map-tip" role="status" hidden></p>
    </div>
    <p class="legend" id="map-legend"></p>
    <p class="hint">
      Look for a broad region of the best colour, not for a single cell.
      <span class="screen-only"
        >Arrow keys move from cell to cell; a click shows its runs in the lines and the table.</span
      >
      ${notes.join(' ')}
    </p>
  </section>`
}

/** Every run as a line over its parameters and results; `assets/parallel.js` draws it. */
export const linesSection = (
  data: SweepReportData,
  { best, others }: RunLines,
  completed: number,
): Html | null => {
  if (best + others < 2) return null
  const drawn =
    best + others === completed
      ? `All ${countText(completed)} runs are drawn.`
      : `Of ${countText(completed)} runs ${countText(best + others)} are drawn: the best ${countText(best)}, and ${countText(others)} at even distances through the ranking of the rest.`
  return html`<section class="card" id="lines">
    <h2>
      Parallel coordinates
      <small>a line is a run, coloured by ${shownObjective(data).label}</small>
    </h2>
    <div class="panel">
      <div class="scroll" id="lines-scroll">
        <canvas
          id="lines-chart"
          role="img"
          aria-label="Each run as a line over its parameters and results; the filters of the table choose the same runs"
        ></canvas>
      </div>
    </div>
    <p class="hint">
      ${drawn}
      <span class="screen-only"
        >Drag along an axis to choose a range, click on it to let it go; the table below shows the same
        choice.</span
      >
      <span id="lines-shown" role="status"></span>
    </p>
  </section>`
}
