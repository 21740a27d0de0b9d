import type { ScriptName } from '../page/assets.ts'
import { pagePolicy, renderPage } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'
import { bestRun } from './best-run.ts'
import { rankingKey, type RunColumn, runColumns, shownObjective } from './columns.ts'
import type { SweepReportData } from './data.ts'
import { halvesSection } from './halves.ts'
import { type HeatMaps, heatMaps } from './heat-maps.ts'
import { type RunLines, runLines } from './lines.ts'
import { linesSection, mapSection } from './pictures.ts'
import { promoteSection } from './promote.ts'
import { rankRows } from './ranking.ts'
import { runsTable } from './runs-table.ts'
import { header, summary } from './summary.ts'
import { curveData, tearSheet } from './tear-sheet.ts'
import { validitySection } from './validity.ts'

const SCRIPTS: readonly ScriptName[] = [
  'uplot',
  'decode',
  'page',
  'curves',
  'runs',
  'heat-map',
  'parallel',
  'promote',
  'table',
]

/** The value of a Content-Security-Policy header under which a sweep report works. */
export const sweepReportPolicy = (): string => pagePolicy(SCRIPTS)

interface Pictures {
  readonly columns: readonly RunColumn[]
  readonly maps: HeatMaps
  readonly lines: RunLines
}

/** What the scripts of the page read as JSON. */
const pageData = (data: SweepReportData, { columns, maps, lines }: Pictures) => ({
  ...(data.best === null ? {} : curveData(data.best)),
  objective: { key: rankingKey(data), kind: shownObjective(data).kind },
  columns: columns.map(({ key, label, kind }) => ({ key, label, kind })),
  maps,
  lines,
})

const inputs = ({ strategySha256, dataset, engineRevision }: SweepReportData): Html => {
  const facts = [
    ['strategy sha256', strategySha256],
    ['dataset digest', dataset.digest],
    ['data', dataset.simulated ? `simulated, seed ${dataset.seed ?? 'unknown'}` : 'market'],
    ['engine revision', String(engineRevision)],
  ]
  return html`<section class="card" id="reproducibility">
    <h2>Reproducibility</h2>
    <table class="pairs">
      <tbody>
        ${facts.map(
          ([name = '', value = '']) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td><code>${value}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

/** A sweep as one HTML text that works without any network. */
export const renderSweepReport = (data: SweepReportData): string => {
  const ranked = rankRows(data.trials)
  const columns = runColumns(data)
  const [first] = ranked
  const maps = heatMaps(data)
  const lines = runLines(columns, ranked, data.trials.ordinal)
  const results =
    first === undefined
      ? html`<p class="empty">No run completed.</p>`
      : html`${mapSection(data, maps)} ${linesSection(data, lines, ranked.length)}
        ${runsTable(data, columns, ranked)} ${validitySection(data.validity, data.objective)}
        ${halvesSection(data)} ${promoteSection(data, data.trials.ordinal[first]!)}
        ${bestRun(data, columns, first)} ${data.best === null ? null : tearSheet(data.best)}`
  const body = html`${header(data)}
    <main>
      <noscript><p class="warning">The pictures need JavaScript; the tables do not.</p></noscript>
      ${summary(data, ranked)} ${results} ${inputs(data)}
    </main>
    <footer>Past results, simulated or not, do not tell the future.</footer>`
  const { strategyName, market, dataset } = data
  const title = `Sweep of ${strategyName} · ${market.symbol} ${market.timeframe}${dataset.simulated ? ' · simulated' : ''}`
  return renderPage({ title, body, data: pageData(data, { columns, maps, lines }), scripts: SCRIPTS })
}
