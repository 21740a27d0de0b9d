import type { MetricKey } from '@botcriptofy/engine/metrics'
import { simulatedNotice } from '../backtest/header.ts'
import { METRIC_DESCRIPTIONS } from '../metric-text/metric-description.ts'
import { metricText } from '../metric-text/metric-text.ts'
import { countText, percentText } from '../metric-text/number-text.ts'
import type { ScriptName } from '../page/assets.ts'
import { pagePolicy, renderPage } from '../page/document.ts'
import { heatCell, strongestOf } from '../page/heat-cell.ts'
import { type Html, html } from '../page/html.ts'
import type { SweepReportData, SweepRun } from './data.ts'
import { parameterName } from './parameter-name.ts'
import { heatMapOf, medianObjective, rankRuns } from './ranking.ts'
import { validitySection } from './validity.ts'

const SCRIPTS: readonly ScriptName[] = ['table']
const RUNS_SHOWN = 1000
/** A wider map is read by nobody. */
const MAP_MAX = 60

const SHOWN: readonly MetricKey[] = [
  'totalReturn',
  'cagr',
  'sharpe',
  'maxDrawdown',
  'profitFactor',
  'winRate',
  'trades',
]

/** The value of a Content-Security-Policy header under which a sweep report works. */
export const sweepReportPolicy = (): string => pagePolicy(SCRIPTS)

const valueText = (key: MetricKey, value: number | null): string =>
  value === null ? '–' : metricText(key, value)

const header = ({ strategyName, market, dataset, parameters }: SweepReportData): Html => {
  const facts = [market.venue, market.symbol, market.timeframe, `${parameters.length} parameters`]
  return html`<header>
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

const summary = (data: SweepReportData, ranked: readonly SweepRun[]): Html => {
  const { objective, failed } = data
  const { label } = METRIC_DESCRIPTIONS[objective]
  const best = ranked[0]
  const gaining = ranked.filter(({ metrics }) => (metrics.totalReturn ?? 0) > 0).length
  const share = ranked.length === 0 ? '–' : percentText(gaining / ranked.length)
  const small = ranked.filter(({ lowSample }) => lowSample).length
  return html`<section class="key" aria-label="Summary">
    <p class="warning" role="note">
      <strong>The best of ${countText(ranked.length)} runs is partly luck.</strong> The more combinations are
      tried on one history, the better the best of them looks by chance. Prefer a broad region of good values
      to a single peak, and try it on data that this sweep has not seen.
    </p>
    <dl class="tiles">
      ${[
        tile('Runs', countText(ranked.length), failed === 0 ? 'none failed' : `${countText(failed)} failed`),
        tile(
          `Best ${label}`,
          best === undefined ? '–' : valueText(objective, best.metrics[objective]),
          'see below',
        ),
        tile(`Median ${label}`, valueText(objective, medianObjective(ranked, objective)), 'of all runs'),
        tile(
          'With a profit',
          share,
          small === 0 ? 'samples large enough' : `${countText(small)} with a small sample`,
        ),
      ]}
    </dl>
  </section>`
}

const bestRun = ({ parameters }: SweepReportData, best: SweepRun): Html =>
  html`<section class="card" id="best">
    <h2>Best run ${best.lowSample ? html`<small>from a small sample</small>` : null}</h2>
    <div class="columns two">
      <table class="pairs">
        <tbody>
          ${parameters.map(
            ({ path }) =>
              html`<tr>
                <th scope="row">${path}</th>
                <td><code>${String(best.parameters[path] ?? '–')}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
      <table class="pairs">
        <tbody>
          ${SHOWN.map(
            (key) =>
              html`<tr>
                <th scope="row">${METRIC_DESCRIPTIONS[key].label}</th>
                <td>${valueText(key, best.metrics[key])}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`

const heatSection = (data: SweepReportData): Html | null => {
  const map = heatMapOf(data)
  const [across, down] = data.parameters
  if (map === null || across === undefined) return null
  if (Math.max(map.rows.length, map.columns.length) > MAP_MAX) return null
  const strongest = strongestOf(map.cells.flat())
  const cell = (value: number | null): Html =>
    value === null ? html`<td></td>` : heatCell({ value, text: metricText(data.objective, value), strongest })
  const others = data.parameters.length > 2 ? ', best over the other parameters' : ''
  return html`<section class="card" id="map">
    <h2>
      ${METRIC_DESCRIPTIONS[data.objective].label} by parameter
      <small
        >${parameterName(across.path)}
        across${down === undefined ? '' : `, ${parameterName(down.path)} down`}${others}</small
      >
    </h2>
    <div class="scroll">
      <table class="months">
        <thead>
          <tr>
            <th scope="col"></th>
            ${map.columns.map((value) => html`<th scope="col">${value}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${map.cells.map(
            (cells, row) =>
              html`<tr>
                <th scope="row">${map.rows[row] ?? ''}</th>
                ${cells.map(cell)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

const sortCell = (value: number | null, text: string): Html =>
  html`<td data-value="${value === null ? '-Infinity' : String(value)}">${text}</td>`

const runsTable = ({ parameters, objective }: SweepReportData, ranked: readonly SweepRun[]): Html => {
  const keys = SHOWN.includes(objective) ? SHOWN : [objective, ...SHOWN]
  const heads = [
    '#',
    ...parameters.map(({ path }) => parameterName(path)),
    ...keys.map((key) => METRIC_DESCRIPTIONS[key].label),
  ]
  const rowOf = ({ parameters: values, metrics }: SweepRun, index: number): Html =>
    html`<tr>
      ${[
        sortCell(index + 1, String(index + 1)),
        ...parameters.map(({ path }) => sortCell(values[path] ?? null, String(values[path] ?? '–'))),
        ...keys.map((key) => sortCell(metrics[key], valueText(key, metrics[key]))),
      ]}
    </tr>`
  const more =
    ranked.length > RUNS_SHOWN
      ? html`<p class="hint">The best ${countText(RUNS_SHOWN)} of ${countText(ranked.length)} runs.</p>`
      : null
  return html`<section class="card" id="runs">
    <h2>Runs <small>by ${METRIC_DESCRIPTIONS[objective].label}, best first</small></h2>
    ${more}
    <div class="scroll tall">
      <table class="rows sortable">
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col"><button type="button">${head}</button></th>`)}
          </tr>
        </thead>
        <tbody>
          ${ranked.slice(0, RUNS_SHOWN).map(rowOf)}
        </tbody>
      </table>
    </div>
  </section>`
}

const inputs = ({ strategySha256, dataset, engineRevision }: SweepReportData): Html =>
  html`<section class="card" id="reproducibility">
    <h2>Reproducibility</h2>
    <table class="pairs">
      <tbody>
        ${[
          ['strategy sha256', strategySha256],
          ['dataset digest', dataset.digest],
          ['data', dataset.simulated ? `simulated, seed ${dataset.seed ?? 'unknown'}` : 'market'],
          ['engine revision', String(engineRevision)],
        ].map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name ?? ''}</th>
              <td><code>${value ?? ''}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`

/** A sweep as one HTML text that works without any network. */
export const renderSweepReport = (data: SweepReportData): string => {
  const ranked = rankRuns(data)
  const [best] = ranked
  const body = html`${header(data)}
    <main>
      ${summary(data, ranked)}
      ${best === undefined ? html`<p class="empty">No run completed.</p>` : bestRun(data, best)}
      ${best === undefined ? null : validitySection(data.validity, data.objective)} ${heatSection(data)}
      ${runsTable(data, ranked)} ${inputs(data)}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const { strategyName, market, dataset } = data
  const title = `Sweep of ${strategyName} · ${market.symbol} ${market.timeframe}${dataset.simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: null, scripts: SCRIPTS })
}
